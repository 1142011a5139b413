import { beforeAll, describe, expect, it } from 'vitest';
import { runGuest } from '../support/vm/guest.ts';
import { type GuestImage, guestImage } from '../support/vm/image.ts';

describe('the guest', () => {
  let image: GuestImage;
  beforeAll(async () => {
    image = await guestImage();
  });

  it('returns the output and the exit status of its command', async () => {
    expect(await runGuest(image, 'echo from the guest; exit 7')).toEqual({ exitCode: 7, output: 'from the guest' });
  });

  it("binds Linux's own driver to every function of Linux's own gadget, at high speed and SuperSpeed", async () => {
    for (const speed of ['high', 'super']) {
      const { output, exitCode } = await runGuest(
        image,
        `set -e; modprobe cdc_ncm; test/vm/guest/gadget.sh up ncm,ncm,ncm,ncm ${speed}
         for i in 0 1 2 3; do on-news 30 "grep -q 02:00:00:00:01:1$i /sys/class/net/*/address"; done
         ls /sys/bus/usb/drivers/cdc_ncm | grep -c :`,
      );
      expect({ speed, output, exitCode }).toEqual({ speed, output: '8', exitCode: 0 });
    }
  });
});
