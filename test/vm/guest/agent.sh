#!/bin/bash
# In the guest: scripts in, one after the other, their exit status and output out, over the second serial port. A line in is a
# script in base64, or "end"; a line out is the status (124: it took longer than four minutes), a blank, and what the script
# printed, in base64.
exec 3<>/dev/vport0p2
echo ready >&3
while read -r script <&3; do
  [ "$script" = end ] && exit 0
  timeout 240 bash -c "$(base64 -d <<<"$script")" </dev/null >/tmp/agent-output 2>&1 3>&-
  echo "$? $(base64 -w0 /tmp/agent-output)" >&3
done
