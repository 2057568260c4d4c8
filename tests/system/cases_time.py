# SPDX-License-Identifier: BSD-3-Clause
"""Time and interrupts: whoever keeps a CPU, or dies in the middle of an interrupt, takes nothing from the others."""
from harness import case, check
from cases_vm import SMALL_FIRST_LINE, SMALL_PROMPT


def others_run(board, name, lives=1):
    """The VM's timer arrives while nobody types: only the outer OS's own clock can give it the CPU."""
    board.attach(name)
    for _ in range(lives):
        board.expect(SMALL_FIRST_LINE)
    board.expect("^" + SMALL_PROMPT)
    check("timer: 200 interrupts" in board.guest("timer 200"), f"the timer of {name} does not arrive")
    board.leave(name)


@case()
def vm_that_never_yields_stops_nobody(t):
    board = t.boot(t.small("greedy"), t.small("other", memory=18), smp=1)
    for name in ("greedy", "other"):
        board.command(f"start {name}")
    board.attach("greedy", SMALL_PROMPT)
    board.send("spin\r")
    board.expect("spin: never yields")
    board.leave("greedy")
    others_run(board, "other")
    board.command("stop greedy")
    others_run(board, "other")
    board.poweroff()


@case(("1_cpu", {"smp": 1}), ("2_cpus", {"smp": 2}))
def vm_killed_in_its_timer_handler_on(t, smp):
    board = t.boot(t.small("victim"), t.small("other", memory=18), smp=smp)
    for name in ("victim", "other"):
        board.command(f"start {name}")
    board.attach("victim", SMALL_PROMPT)
    board.send("irqhold\r")
    board.expect("irqhold: staying in the timer handler")
    board.leave("victim")
    # While it is in there, and after it was killed in there.
    others_run(board, "other")
    board.command("stop victim")
    others_run(board, "other")
    check("victim: running (active)" in board.command("start victim"), "it does not start again")
    others_run(board, "victim", lives=2)
    others_run(board, "other")
    board.poweroff()
