export const PROBE_HELP = `tools/probe — what is this USB device, can we drive it, and what will macOS do with it?

  tools/probe                  every device of this machine, those we can drive marked
  tools/probe 1209:0004        one device, by vendor and product id
  tools/probe --port 3-1.2     one device, by where it is plugged in
  tools/probe FILE… [ID]       devices in files, in folders of files, or on stdin (-)

A file may be: descriptor bytes (sysfs "descriptors", "bos_descriptors"), hex text, lsusb -v, usb-devices, a capture of usbmon,
USBPcap or macOS (pcap, pcapng, usbmon text), ioreg (-a or text), system_profiler (JSON, XML, text), cyme or fwupd JSON, umockdev.

  -v, --verbose     every descriptor and string, too
  -l, --list        one line for each device, also when there is only one
      --live        also ask the device by class and vendor requests (NTB parameters, Microsoft OS 2.0 set)
      --no-requests do not ask the device at all, go by what the system knows
      --json        for programs; schema in tools/report/probe/json-schema.json
      --mask        hide serial numbers, MAC addresses and paths
      --raw         write the descriptor bytes to stdout
      --save DIR    write DIR/device.json and DIR/descriptors.hex, as in firmware-info/<vendor>-<model>
  -h, --help        this text

Exit status: 0 drivable, or a list; 1 not drivable, or nothing to look at; 2 input nobody can read; 70 a bug of ours.
Nothing that is sent to a device changes it. NO_COLOR, FORCE_COLOR and COLUMNS are obeyed.`;
