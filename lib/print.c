/*
 * A small printf: decides the text of numbers and padding, not where it goes.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/print.h"
#include "lib/memory.h"

struct conversion {
	unsigned width;
	unsigned precision;
	bool has_precision;
	bool zero;
	bool left;
	bool is_long;
};

struct output {
	const struct print_sink *sink;
	void *context;
};

static void put_repeated(const struct output *out, char c, unsigned count)
{
	while (count-- > 0)
		out->sink->put(out->context, c);
}

static void put_padded(const struct output *out, const struct conversion *conv, const char *text, unsigned count)
{
	unsigned pad = conv->width > count ? conv->width - count : 0;

	if (!conv->left)
		put_repeated(out, ' ', pad);
	for (unsigned i = 0; i < count; i++)
		out->sink->put(out->context, text[i]);
	if (conv->left)
		put_repeated(out, ' ', pad);
}

static void put_number(const struct output *out, const struct conversion *conv, uint64_t value, unsigned base,
		       bool negative)
{
	char digits[24];
	unsigned start = sizeof(digits);

	do {
		digits[--start] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (conv->zero && start > 1 && sizeof(digits) - start + (negative ? 1u : 0u) < conv->width)
		digits[--start] = '0';
	if (negative)
		digits[--start] = '-';
	put_padded(out, conv, digits + start, (unsigned)sizeof(digits) - start);
}

static void put_text(const struct output *out, const struct conversion *conv, const char *text)
{
	unsigned count = 0;

	if (text == NULL)
		text = "(null)";
	while ((!conv->has_precision || count < conv->precision) && text[count] != '\0')
		count++;
	put_padded(out, conv, text, count);
}

static unsigned parse_number(const char **format)
{
	unsigned value = 0;

	while (**format >= '0' && **format <= '9')
		value = value * 10 + (unsigned)(*(*format)++ - '0');
	return value;
}

static struct conversion parse_conversion(const char **format)
{
	struct conversion conv = { 0 };

	for (;; (*format)++) {
		if (**format == '0')
			conv.zero = true;
		else if (**format == '-')
			conv.left = true;
		else
			break;
	}
	conv.width = parse_number(format);
	if (**format == '.') {
		(*format)++;
		conv.has_precision = true;
		conv.precision = parse_number(format);
	}
	for (; **format == 'l' || **format == 'z'; (*format)++)
		conv.is_long = true;
	return conv;
}

static void put_signed(const struct output *out, const struct conversion *conv, int64_t value)
{
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	put_number(out, conv, magnitude, 10, value < 0);
}

void print_to(const struct print_sink *sink, void *context, const char *format, va_list args)
{
	struct output out = { sink, context };

	while (*format != '\0') {
		if (*format != '%') {
			sink->put(context, *format++);
			continue;
		}
		const char *start = format++;
		struct conversion conv = parse_conversion(&format);
		char c = *format;

		if (c != '\0')
			format++;
		if (c == 's') {
			put_text(&out, &conv, va_arg(args, const char *));
		} else if (c == 'c') {
			char text = (char)va_arg(args, int);

			put_padded(&out, &conv, &text, 1);
		} else if (c == 'd') {
			put_signed(&out, &conv, conv.is_long ? va_arg(args, int64_t) : va_arg(args, int));
		} else if (c == 'u' || c == 'x') {
			uint64_t value = conv.is_long ? va_arg(args, uint64_t) : va_arg(args, unsigned);

			put_number(&out, &conv, value, c == 'x' ? 16 : 10, false);
		} else if (c == 'p') {
			put_number(&out, &conv, (uintptr_t)va_arg(args, void *), 16, false);
		} else if (c == '%') {
			sink->put(context, '%');
		} else {
			for (; start < format; start++)
				sink->put(context, *start);
		}
	}
}

struct string_output {
	char *out;
	size_t bytes;
	size_t length;
};

static void string_put(void *context, char c)
{
	struct string_output *string = context;

	if (string->length + 1 < string->bytes)
		string->out[string->length] = c;
	string->length++;
}

static const struct print_sink string_sink = { string_put };

size_t print_string(char *out, size_t bytes, const char *format, ...)
{
	struct string_output string = { out, bytes, 0 };
	va_list args;

	va_start(args, format);
	print_to(&string_sink, &string, format, args);
	va_end(args);
	out[string.length < bytes ? string.length : bytes - 1] = '\0';
	return string.length;
}
