#!/bin/bash
# watch-drops.sh start | show: which calls led to blocks that usbnet filled and then did not give to the device.
#
# usbnet_start_xmit frees such a block by __dev_kfree_skb_any; a probe there, of calls from that function alone, counts them by
# the calls that led there (Documentation/trace/kprobetrace.rst, histogram.rst). `show` prints the kernel's table of them.
set -eu
tracing=/sys/kernel/tracing
probe=$tracing/events/kprobes/given_up

start() {
  modprobe cdc_ncm
  mountpoint -q $tracing || mount -t tracefs tracefs $tracing
  local first behind
  # Where the function is: from its symbol to the next one of its module.
  read -r first behind < <(grep ' [tT] .*\[usbnet\]' /proc/kallsyms | sort |
    awk '$3 == "usbnet_start_xmit" { at = $1; next } at && $1 != at { print "0x" at, "0x" $1; exit }')
  echo 'p:given_up __dev_kfree_skb_any from=+0(%sp):u64' >>$tracing/kprobe_events
  echo "hist:keys=stacktrace if from >= $first && from < $behind" >$probe/trigger
}

show() { cat $probe/hist; }

"$1"
