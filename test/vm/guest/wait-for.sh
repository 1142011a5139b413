#!/bin/bash
# wait-for.sh SECONDS COMMAND...: runs the command until it succeeds; fails with its last output when it does not in time.
seconds=$1
shift
deadline=$((SECONDS + seconds))
until output=$(bash -c "$*" 2>&1); do
  if [ "$SECONDS" -ge "$deadline" ]; then
    printf 'not within %s s: %s\n%s\n' "$seconds" "$*" "$output" >&2
    exit 1
  fi
  sleep 0.1
done
