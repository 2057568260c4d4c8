/*
 * Development tokens: a directory with SoftHSM's objects, its configuration and a PIN that was made with it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/random.h"
#include "tools/token_session.h"

#define PIN_RANDOM_BYTES	16
#define CONFIG_BYTES_MAX	8192

const char *token_module_default(void)
{
	/* Debian's libsofthsm2, then where its upstream installs. */
	static const char *const paths[] = {
		"/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so",
	};

	for (size_t i = 0; i < ARRAY_COUNT(paths); i++) {
		if (access(paths[i], R_OK) == 0)
			return paths[i];
	}
	return NULL;
}

static int directory_failed(const char *path, int error)
{
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "token-unwritable", .object = path, .problem = strerror(error),
		.expected = "a directory of yours", .advice = "name another with --token" });
}

/* Where the user's own token is. */
static int path_choose(const char *wanted, char path[PATH_MAX])
{
	const char *environment = getenv("REDOUBT_TOKEN"), *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (wanted == NULL && environment != NULL && environment[0] != '\0')
		wanted = environment;
	if (wanted != NULL)
		(void)snprintf(path, PATH_MAX, "%s", wanted);
	else if (config != NULL && config[0] == '/')
		(void)snprintf(path, PATH_MAX, "%s/redoubt/token", config);
	else if (home != NULL && home[0] == '/')
		(void)snprintf(path, PATH_MAX, "%s/.config/redoubt/token", home);
	else
		return option_missing("keys", "--token");
	return TOOL_DONE;
}

/* The directory and what is above it; what is new belongs to its owner alone. */
static bool directories_make(char *path)
{
	for (char *slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;

		*slash = '/';
		if (!ok)
			return false;
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static bool file_holds(const char *path, const char *content)
{
	char held[CONFIG_BYTES_MAX];
	FILE *stream = fopen(path, "r");
	size_t count = stream != NULL ? fread(held, 1, sizeof(held), stream) : 0;

	if (stream != NULL)
		(void)fclose(stream);
	return count == strlen(content) && memcmp(held, content, count) == 0;
}

/* SoftHSM finds its objects by an absolute path: a directory that was moved gets a new configuration. */
static int config_write(const char *directory)
{
	char path[PATH_MAX], content[CONFIG_BYTES_MAX];

	(void)snprintf(path, sizeof(path), "%s/softhsm2.conf", directory);
	(void)snprintf(content, sizeof(content), "directories.tokendir = %s/objects\nobjectstore.backend = file\n"
		       "log.level = ERROR\nslots.removable = false\n", directory);
	if (setenv("SOFTHSM2_CONF", path, 1) != 0)
		return directory_failed(path, errno);
	return file_holds(path, content) ? TOOL_DONE : file_write(path, content, strlen(content), FILE_MODE_PRIVATE);
}

static int pin_make(const char *directory)
{
	char path[PATH_MAX], pin[2 * PIN_RANDOM_BYTES + 2];
	uint8_t random[PIN_RANDOM_BYTES];

	(void)snprintf(path, sizeof(path), "%s/" TOKEN_DIRECTORY_PIN, directory);
	if (access(path, F_OK) == 0)
		return TOOL_DONE;

	int result = random_make(random, sizeof(random));

	if (result != TOOL_DONE)
		return result;
	for (size_t i = 0; i < sizeof(random); i++)
		(void)snprintf(pin + 2 * i, 3, "%02x", random[i]);
	(void)strcat(pin, "\n");
	return file_write(path, pin, strlen(pin), FILE_MODE_PRIVATE);
}

static int directory_make(const char *directory)
{
	char objects[PATH_MAX];

	(void)snprintf(objects, sizeof(objects), "%s/objects", directory);
	if (mkdir(objects, 0700) != 0 && errno != EEXIST)
		return directory_failed(objects, errno);
	return pin_make(directory);
}

/*
 * One at a time: two that make keys would make each twice, and SoftHSM writes its token's file anew at each login, so
 * that another who looks for the token at that moment finds none.
 */
static int directory_lock(const char *directory, int *lock)
{
	*lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *lock >= 0 && flock(*lock, LOCK_EX) == 0 ? TOOL_DONE : directory_failed(directory, errno);
}

static int directory_missing(const char *path)
{
	return refuse(TOOL_WRONG_STATE, &(struct refusal){
		.code = "token-missing", .object = path, .problem = "there is no token",
		.expected = "a directory that 'redoubt keys init' made", .found = "none",
		.advice = text("'redoubt keys init --token %s' makes one", path) });
}

int token_directory_open(const char *wanted, bool make, char **directory, int *lock)
{
	char path[PATH_MAX], objects[PATH_MAX + sizeof("/objects")];
	int result = path_choose(wanted, path);

	if (result != TOOL_DONE)
		return result;
	if (make && !directories_make(path))
		return directory_failed(path, errno);
	*directory = realpath(path, NULL);
	if (*directory == NULL)
		return errno == ENOENT ? directory_missing(path) : directory_failed(path, errno);
	/* Room for the names of what is in it. */
	if (strlen(*directory) > PATH_MAX - 64)
		return directory_failed(path, ENAMETOOLONG);
	result = directory_lock(*directory, lock);
	if (result == TOOL_DONE && make)
		result = directory_make(*directory);
	(void)snprintf(objects, sizeof(objects), "%s/objects", *directory);
	if (result == TOOL_DONE && access(objects, F_OK) != 0)
		return directory_missing(path);
	return result == TOOL_DONE ? config_write(*directory) : result;
}

static int pin_refused(const char *path, const char *problem, const char *found, const char *advice)
{
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "bad-pin-file", .object = path, .problem = problem,
		.expected = text("a file of mode 0600 with one line of 4 to %d characters", PIN_BYTES_MAX - 1),
		.found = found, .advice = advice });
}

static int pin_file_read(const char *path, char *pin)
{
	struct stat info;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (descriptor < 0)
		return pin_refused(path, "the PIN cannot be read", strerror(errno),
				   "name the right file with --pin-file");

	bool is_file = fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
	ssize_t count = is_file ? read(descriptor, pin, PIN_BYTES_MAX) : 0;

	(void)close(descriptor);
	if (is_file && (info.st_mode & 077) != 0) {
		explicit_bzero(pin, PIN_BYTES_MAX);
		return pin_refused(path, "others than its owner may use the file",
				   text("mode %04o", info.st_mode & 07777u),
				   text("chmod 600 '%s', and change the PIN if others had it", path));
	}
	if (count > 0 && pin[count - 1] == '\n')
		count--;
	if (count < 4 || count >= PIN_BYTES_MAX || memchr(pin, '\n', (size_t)count) != NULL ||
	    memchr(pin, '\0', (size_t)count) != NULL) {
		explicit_bzero(pin, PIN_BYTES_MAX);
		return pin_refused(path, "the file holds no PIN", is_file ? "something else" : "no regular file", NULL);
	}
	pin[count] = '\0';
	return TOOL_DONE;
}

int token_pin_read(const struct token_choice *choice, const char *directory, char *pin)
{
	const char *environment = getenv("REDOUBT_PIN");
	char path[PATH_MAX];

	if (choice->pin_file != NULL)
		return pin_file_read(choice->pin_file, pin);
	if (directory != NULL) {
		(void)snprintf(path, sizeof(path), "%s/" TOKEN_DIRECTORY_PIN, directory);
		return pin_file_read(path, pin);
	}
	if (environment != NULL && environment[0] != '\0' && strlen(environment) < PIN_BYTES_MAX) {
		(void)snprintf(pin, PIN_BYTES_MAX, "%s", environment);
		return TOOL_DONE;
	}
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "pin-missing", .object = choice->label, .problem = "there is no PIN for the token",
		.expected = "a file of mode 0600, or $REDOUBT_PIN",
		.found = environment != NULL ? text("%zu characters", strlen(environment)) : "neither",
		.advice = "write the PIN into a file of mode 0600 and name it with --pin-file" });
}
