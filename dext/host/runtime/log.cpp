// log.cpp — os_log and IOLog: formats and arguments in, lines for the host's log out.

#include "host/runtime/log.h"

#include <DriverKit/IOLib.h>
#include <execinfo.h>
#include <os/log.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string_view>

#include "host/runtime/calls/connection.h"

namespace multiport::runtime {

namespace {

constexpr size_t kMaxLine = 1024;  // macOS clips lines too

// One conversion of a format, without what os_log adds to printf's: "%{public}-8s" is flags "-8", conversion 's'.
struct Conversion {
  std::string_view attributes;
  std::string format;  // as printf has it
  bool takesWidth = false;
  bool takesPrecision = false;
  std::string_view length;
  char letter = 0;
};

// The conversion behind a '%'; `format` moves behind it. Letter 0 at a format's untimely end.
Conversion parse(const char *& format) {
  Conversion conversion;
  conversion.format = "%";
  if (*format == '{') {
    auto * end = std::strchr(format, '}');
    if (!end) return conversion;
    conversion.attributes = {format + 1, static_cast<size_t>(end - format - 1)};
    format = end + 1;
  }
  bool isPrecision = false;
  for (; *format && std::strchr("-+ #0123456789.*'", *format); format++) {
    if (*format == '.') isPrecision = true;
    if (*format == '*') (isPrecision ? conversion.takesPrecision : conversion.takesWidth) = true;
    conversion.format += *format;
  }
  auto * length = format;
  while (*format && std::strchr("hlqjzt", *format)) format++;
  conversion.length = {length, static_cast<size_t>(format - length)};
  conversion.format += conversion.length == "q" ? std::string_view("ll") : conversion.length;
  conversion.letter = *format;
  if (*format) conversion.format += *format++;
  return conversion;
}

template <typename T>
void print(std::string & line, const Conversion & conversion, int width, int precision, T value) {
  char text[512];
  auto * format = conversion.format.c_str();
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
#pragma clang diagnostic ignored "-Wformat-security"
  if (conversion.takesWidth && conversion.takesPrecision)
    std::snprintf(text, sizeof text, format, width, precision, value);
  else if (conversion.takesWidth || conversion.takesPrecision)
    std::snprintf(text, sizeof text, format, conversion.takesWidth ? width : precision, value);
  else
    std::snprintf(text, sizeof text, format, value);
#pragma clang diagnostic pop
  line += text;
}

void printInteger(std::string & line, const Conversion & conversion, int width, int precision, va_list & arguments) {
  if (conversion.length == "ll" || conversion.length == "q" || conversion.length == "j")
    print(line, conversion, width, precision, va_arg(arguments, long long));
  else if (conversion.length == "l" || conversion.length == "z" || conversion.length == "t")
    print(line, conversion, width, precision, va_arg(arguments, long));
  else
    print(line, conversion, width, precision, va_arg(arguments, int));
}

void printText(std::string & line, const Conversion & conversion, int width, int precision, va_list & arguments) {
  auto * text = va_arg(arguments, const char *);
  if (conversion.attributes.find("public") == std::string_view::npos)
    line += "<private>";
  else
    print(line, conversion, width, precision, text ? text : "(null)");
}

void printNext(std::string & line, const Conversion & conversion, va_list & arguments) {
  int width = conversion.takesWidth ? va_arg(arguments, int) : 0;
  int precision = conversion.takesPrecision ? va_arg(arguments, int) : 0;
  switch (conversion.letter) {
    case '%':
      line += '%';
      break;
    case 'm':
      line += std::strerror(errno);
      break;
    case 's':
      printText(line, conversion, width, precision, arguments);
      break;
    case 'p':
      print(line, conversion, width, precision, va_arg(arguments, void *));
      break;
    case 'a':
    case 'e':
    case 'f':
    case 'g':
    case 'A':
    case 'E':
    case 'F':
    case 'G':
      print(line, conversion, width, precision, va_arg(arguments, double));
      break;
    case 'c':
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      printInteger(line, conversion, width, precision, arguments);
      break;
    default:
      line += "<unknown conversion>";
  }
}

}  // namespace

void logLine(const std::string & line) {
  if (!Connection::get().oneway(0, wire::kOpLog, line)) std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace multiport::runtime

using namespace multiport::runtime;

void multiport_os_log(os_log_t, os_log_type_t, const char * format, ...) {
  std::string line;
  va_list arguments;
  va_start(arguments, format);
  while (*format && line.size() < kMaxLine) {
    if (*format != '%') {
      line += *format++;
      continue;
    }
    format++;
    auto conversion = parse(format);
    if (!conversion.letter) break;
    printNext(line, conversion, arguments);
  }
  va_end(arguments);
  logLine(line.substr(0, kMaxLine));
}

int IOLogv(const char * format, va_list arguments) {
  char line[kMaxLine];
  std::vsnprintf(line, sizeof line, format, arguments);
  size_t length = std::strlen(line);
  if (length > 0 && line[length - 1] == '\n') line[--length] = 0;
  logLine(line);
  return static_cast<int>(length);
}

int IOLog(const char * format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = IOLogv(format, arguments);
  va_end(arguments);
  return length;
}

void IOLogBuffer(const char * title, const void * buffer, size_t size) {
  constexpr size_t kBytesALine = 16;
  auto * bytes = static_cast<const uint8_t *>(buffer);
  for (size_t start = 0; start < size; start += kBytesALine) {
    char text[3 * kBytesALine + 1];
    for (size_t i = 0; i < kBytesALine && start + i < size; i++)
      std::snprintf(text + 3 * i, sizeof text - 3 * i, " %02x", bytes[start + i]);
    IOLog("%s: %04zx%s", title, start, text);
  }
}

void OSReportWithBacktrace(const char * format, ...) {
  va_list arguments;
  va_start(arguments, format);
  IOLogv(format, arguments);
  va_end(arguments);
  void * frames[32];
  int count = backtrace(frames, std::size(frames));
  if (char ** names = backtrace_symbols(frames, count)) {
    for (int i = 1; i < count; i++) IOLog("  %s", names[i]);
    std::free(names);
  }
}
