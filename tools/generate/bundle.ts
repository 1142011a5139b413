/** What the dext's bundle, its classes and its property lists are called. The C++ and the host app use the same words. */
export const BUNDLE = {
  identifier: 'org.multiport.Multiport.driver',
  name: 'Multiport',
  controllerClass: 'MultiportController',
  nubClass: 'PortNub',
  portClass: 'PortEthernet',
  userClientClass: 'MultiportUserClient',
  /** Keys of the controller's personality: what Create makes a nub and a user client from. */
  nubProperties: 'PortNubProperties',
  userClientProperties: 'UserClientProperties',
  /** The static property a port's personality asks of its provider. */
  nubMark: 'MultiportNub',
  /** macOS 12, the first whose kernel knows IOUserServerOneProcess. */
  minimumDriverKit: '21.0',
} as const;
