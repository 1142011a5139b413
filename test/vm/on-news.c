// on-news SECONDS COMMAND: runs the shell command, and again whenever the kernel has news of devices (uevents) or of network
// interfaces (rtnetlink), until it succeeds. Fails when it does not in time.
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static struct pollfd subscribe(int family, unsigned groups) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
  int news = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, family);
  if (bind(news, (struct sockaddr *)&address, sizeof address) != 0) {
    perror("on-news: the kernel's news cannot be subscribed to");
    exit(2);
  }
  return (struct pollfd){.fd = news, .events = POLLIN};
}

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(int count, char ** arguments) {
  if (count != 3) {
    fputs("on-news SECONDS COMMAND\n", stderr);
    return 2;
  }
  // Before the first look: what happens behind it is in the sockets.
  struct pollfd news[] = {subscribe(NETLINK_KOBJECT_UEVENT, 1), subscribe(NETLINK_ROUTE, RTMGRP_LINK)};
  long end = milliseconds() + atol(arguments[1]) * 1000;
  while (system(arguments[2]) != 0) {
    long left = end - milliseconds();
    if (left <= 0 || poll(news, 2, (int)left) == 0) {
      fprintf(stderr, "on-news: not within %s s: %s\n", arguments[1], arguments[2]);
      return 1;
    }
    char told[8192];
    for (int i = 0; i < 2; i++)
      while (recv(news[i].fd, told, sizeof told, 0) > 0) {
      }
  }
  return 0;
}
