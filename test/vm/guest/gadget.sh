#!/bin/bash
# In the guest: a composite USB device out of Linux gadget functions, plugged into dummy_hcd.
#
#   gadget.sh up FUNCTIONS SPEED          FUNCTIONS for example ncm,ncm,ecm: each ncm or ecm; SPEED high or super
#   gadget.sh unbind | bind | down
#   gadget.sh where                       prints its bus id
#   gadget.sh export                      offers it over USB/IP, prints its bus id
#
# Function i (from 0) has the interface gad<i> with 02:00:00:00:00:1<i> and tells the host to use 02:00:00:00:01:1<i>.
set -eu
gadget=/sys/kernel/config/usb_gadget/multiport
controller=dummy_udc.0

write() { echo "$2" >"$gadget/$1"; }

up() {
  local functions speed=$2 usb=0x0200
  IFS=, read -ra functions <<<"$1"
  [ "$speed" = super ] && usb=0x0300
  modprobe -a usbcore libcomposite "${functions[@]/#/usb_f_}"
  mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
  modprobe dummy_hcd is_super_speed=1 # and never out again: Linux 6.1 then fails to register the next gadget's interfaces
  mkdir -p "$gadget/strings/0x409" "$gadget/configs/c.1/strings/0x409"
  write idVendor 0x1d6b
  write idProduct 0x0104
  write bcdDevice 0x0100
  write bcdUSB $usb
  write max_speed "$speed-speed"
  write bDeviceClass 0xEF # several functions: interface associations
  write bDeviceSubClass 2
  write bDeviceProtocol 1
  write strings/0x409/manufacturer Linux
  write strings/0x409/product "${functions[*]}"
  write strings/0x409/serialnumber 0123456789
  write configs/c.1/strings/0x409/configuration "${functions[*]}"
  for i in "${!functions[@]}"; do
    local folder=functions/${functions[i]}.$i
    mkdir "$gadget/$folder"
    write "$folder/dev_addr" "$(printf '02:00:00:00:00:%02x' $((0x10 + i)))"
    write "$folder/host_addr" "$(printf '02:00:00:00:01:%02x' $((0x10 + i)))"
    write "$folder/ifname" 'gad%d'
    ln -s "$gadget/$folder" "$gadget/configs/c.1/"
  done
  bind
}

bind() { write UDC "${1:-$controller}"; }
unbind() { write UDC ''; }

down() {
  unbind || true
  find "$gadget/configs/c.1" -maxdepth 1 -type l -exec rm {} +
  rmdir "$gadget/configs/c.1/strings/0x409" "$gadget/configs/c.1" "$gadget"/functions/* "$gadget/strings/0x409" "$gadget"
}

# Prints where the gadget is plugged in, as USB/IP and sysfs call it, as soon as Linux has enumerated it.
where() {
  local product
  product=$(cat $gadget/strings/0x409/product)
  on-news 60 "grep -lsx '$product' /sys/bus/usb/devices/*/product" | cut -d/ -f6
}

# Gives it to usbip-host, and starts the server when none runs. Prints the bus id.
export_it() {
  modprobe usbip_host
  local busid
  busid=$(where)
  usbip bind -b "$busid" >/dev/null 2>&1
  pidof usbipd >/dev/null || test/vm/guest/serve.sh /tmp/usbipd.log 'listening on 0.0.0.0' usbipd >/dev/null
  echo "$busid"
}

case ${1:-} in
  up | bind | unbind | down | where) "$@" ;;
  export) export_it ;;
  *)
    sed -n '2,/^set/p' "$0" | grep '^#' >&2
    exit 2
    ;;
esac
