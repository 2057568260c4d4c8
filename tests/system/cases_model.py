# SPDX-License-Identifier: BSD-3-Clause
"""The model of ownership beside the real mediator: a test build of the outer OS makes random steps on four CPUs, and
its boxes and VMs likewise; each answer, and what it changed, is compared with the model (tests/model/board).
"""
import os
import random
import re

from harness import case, check

# Four CPUs make steps, one drives, one is left for the rest of the kernel.
CPUS = 6
STEPS = int(os.environ.get("MODEL_STEPS", 20000))
FIXED_SEED = 1
# Where one of these is missing, the walk is too tame to say much.
EVENTS = ("pairs died", "accesses through a window", "pages shared", "pages taken back", "pages announced",
          "rings begun", "rings ended", "rings refused", "host calls")


def model_boot(t, **options):
    return t.boot(image=[f"outer={t.build / 'model/lwk.bin'}"], **options)


def model_walk(t, cpu, seed, steps):
    """The policy is in flash: the first boot says what it must list, the second has it."""
    board = model_boot(t, cpu=cpu, smp=3)
    allow = re.findall(r"^allow (\S+)$", board.command("model 0 0"), re.M)
    check(len(allow) == 7, f"{len(allow)} measurements, expected the box's and six of VMs")
    board.poweroff()
    board = model_boot(t, cpu=cpu, smp=CPUS, allow=allow, one_thread=True)
    print(f"seed {seed}, {steps} steps", flush=True)
    answer = board.command(f"model {seed} {steps}", max(1500, steps // 10))
    found = re.search(r"^model: seed \d+, 4 CPUs: (\d+) steps \(outer OS (\d+), boxes (\d+), VMs (\d+)\) and "
                      r"\d+ of programs, 0 differences, \d+ late interrupts$", answer, re.M)
    check(found, f"seed {seed}: the mediator does not do what the model says:\n{answer}")
    done, *actors = map(int, found.groups())
    check(done >= steps and min(actors) >= steps // 20, f"too few steps of somebody: {found[0]}")
    for event in EVENTS:
        count = re.search(rf"^model: {event}: (\d+)$", answer, re.M)
        check(count and int(count[1]) > 0, f"{event}: never, the walk is too tame:\n{answer}")
    board.poweroff()


@case(("fixed_seed", {"cpu": "max", "seed": FIXED_SEED}), ("fresh_seed", {"cpu": "cortex-a72", "seed": None}),
      limit=max(2400, STEPS // 5))
def model_beside_the_mediator_with(t, cpu, seed):
    model_walk(t, cpu, random.SystemRandom().randrange(1, 10 ** 9) if seed is None else seed, STEPS)
