// plain_classes.cpp — init() and free() of framework classes that keep what they have in states (state.h).

#include <DriverKit/IOBufferMemoryDescriptor.h>
#include <DriverKit/IODataQueueDispatchSource.h>
#include <DriverKit/IOInterruptDispatchSource.h>
#include <DriverKit/IOMemoryMap.h>
#include <DriverKit/IOServiceNotificationDispatchSource.h>
#include <DriverKit/IOTimerDispatchSource.h>
#include <DriverKit/IOUserClient.h>
#include <NetworkingDriverKit/IOUserNetworkEthernet.h>
#include <NetworkingDriverKit/IOUserNetworkRxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkRxSubmissionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxSubmissionQueue.h>
#include <USBDriverKit/IOUSBHostDevice.h>
#include <USBDriverKit/IOUSBHostInterface.h>
#include <USBDriverKit/IOUSBHostPipe.h>

#define PLAIN_CLASS(Class)                     \
  bool Class::init() { return super::init(); } \
  void Class::free() { super::free(); }

PLAIN_CLASS(OSAction)
PLAIN_CLASS(IOBufferMemoryDescriptor)
PLAIN_CLASS(IODataQueueDispatchSource)
PLAIN_CLASS(IODispatchQueue)
PLAIN_CLASS(IODispatchSource)
PLAIN_CLASS(IOInterruptDispatchSource)
PLAIN_CLASS(IOMemoryDescriptor)
PLAIN_CLASS(IOMemoryMap)
PLAIN_CLASS(IOService)
PLAIN_CLASS(IOServiceNotificationDispatchSource)
PLAIN_CLASS(IOTimerDispatchSource)
PLAIN_CLASS(IOUSBHostDevice)
PLAIN_CLASS(IOUSBHostInterface)
PLAIN_CLASS(IOUSBHostPipe)
PLAIN_CLASS(IOUserClient)
PLAIN_CLASS(IOUserNetworkEthernet)
PLAIN_CLASS(IOUserNetworkPacketBufferPool)
PLAIN_CLASS(IOUserNetworkPacketQueue)
PLAIN_CLASS(IOUserNetworkRxCompletionQueue)
PLAIN_CLASS(IOUserNetworkRxSubmissionQueue)
PLAIN_CLASS(IOUserNetworkTxCompletionQueue)
PLAIN_CLASS(IOUserNetworkTxSubmissionQueue)
