/** The frameworks of Apple's that the host has. */
export const KITS = ['DriverKit', 'USBDriverKit', 'NetworkingDriverKit'] as const;

/** `HIDDriverKit` of `HIDDriverKit/IOUserHIDDevice.iig`, when the host does not have that framework. */
export function missingKit(include: string): string | undefined {
  const [, kit] = /^(\w*DriverKit)\//.exec(include) ?? [];
  return kit !== undefined && !KITS.some((known) => known === kit) ? kit : undefined;
}
