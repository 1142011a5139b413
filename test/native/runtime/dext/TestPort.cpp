// TestPort.cpp — four queues; packets to transmit come back as received ones.

#include "TestPort.h"

#include <DriverKit/IOLib.h>
#include <NetworkingDriverKit/IOUserNetworkRxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkRxSubmissionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxCompletionQueue.h>
#include <NetworkingDriverKit/IOUserNetworkTxSubmissionQueue.h>

#include <string>

struct TestPort_IVars {
  IOUserNetworkPacketBufferPool * pool;
  IOUserNetworkTxSubmissionQueue * txSubmission;
  IOUserNetworkTxCompletionQueue * txCompletion;
  IOUserNetworkRxSubmissionQueue * rxSubmission;
  IOUserNetworkRxCompletionQueue * rxCompletion;
  IODataQueueDispatchSource * dataQueue;
  OSAction * onPackets;
};

bool TestPort::init() {
  if (!super::init()) return false;
  ivars = IONewZero(TestPort_IVars, 1);
  return ivars != nullptr;
}

void TestPort::free() {
  if (ivars) {
    OSSafeReleaseNULL(ivars->onPackets);
    OSSafeReleaseNULL(ivars->dataQueue);
    OSSafeReleaseNULL(ivars->txSubmission);
    OSSafeReleaseNULL(ivars->txCompletion);
    OSSafeReleaseNULL(ivars->rxSubmission);
    OSSafeReleaseNULL(ivars->rxCompletion);
    OSSafeReleaseNULL(ivars->pool);
  }
  IOSafeDeleteNULL(ivars, TestPort_IVars, 1);
  super::free();
}

kern_return_t IMPL(TestPort, Start) {
  kern_return_t result = Start(provider, SUPERDISPATCH);
  if (result != kIOReturnSuccess) return result;
  IOUserNetworkPacketBufferPoolOptions options{};
  options.packetCount = options.bufferCount = 64;
  options.bufferSize = 2048;
  options.maxBuffersPerPacket = 1;
  options.poolFlags = PoolFlagMapToDext;
  options.dmaSpecification.maxAddressBits = 64;
  IODispatchQueue * queue = nullptr;
  CopyDispatchQueue(kIOServiceDefaultQueueName, &queue);
  result = IOUserNetworkPacketBufferPool::CreateWithOptions(this, "test", &options, &ivars->pool);
  if (result == kIOReturnSuccess)
    result = IOUserNetworkTxSubmissionQueue::Create(ivars->pool, this, 32, 1, queue, &ivars->txSubmission);
  if (result == kIOReturnSuccess)
    result = IOUserNetworkTxCompletionQueue::Create(ivars->pool, this, 32, 2, queue, &ivars->txCompletion);
  if (result == kIOReturnSuccess)
    result = IOUserNetworkRxSubmissionQueue::Create(ivars->pool, this, 32, 3, queue, &ivars->rxSubmission);
  if (result == kIOReturnSuccess)
    result = IOUserNetworkRxCompletionQueue::Create(ivars->pool, this, 32, 4, queue, &ivars->rxCompletion);
  OSSafeReleaseNULL(queue);
  if (result == kIOReturnSuccess) result = ivars->txSubmission->CopyDataQueue(&ivars->dataQueue);
  if (result == kIOReturnSuccess) result = CreateActionOnPackets(0, &ivars->onPackets);
  if (result == kIOReturnSuccess) result = ivars->dataQueue->SetDataAvailableHandler(ivars->onPackets);
  SetTxPacketHeadroom(32);
  SetTxPacketTailroom(8);
  return result;
}

kern_return_t IMPL(TestPort, Stop) {
  ivars->dataQueue->Cancel(^{
    Stop(provider, SUPERDISPATCH);
  });
  return kIOReturnSuccess;
}

kern_return_t IMPL(TestPort, Run) {
  std::string scenario = name;
  IOUserNetworkPacketQueue * queues[] = {ivars->txSubmission, ivars->txCompletion, ivars->rxSubmission,
                                         ivars->rxCompletion};
  IOUserNetworkMACAddress mac{{2, 0, 0, 0, 0, 1}};
  if (scenario == "register") return RegisterEthernetInterface(mac, ivars->pool, queues, 4);
  if (scenario == "register-three") return RegisterEthernetInterface(mac, ivars->pool, queues, 3);
  if (scenario == "register-disordered") {
    std::swap(queues[0], queues[1]);
    return RegisterEthernetInterface(mac, ivars->pool, queues, 4);
  }
  if (scenario == "headroom") return SetTxPacketHeadroom(64);
  if (scenario == "default-queue") {
    IODispatchQueue * queue = nullptr;
    IODispatchQueue::Create("mine", 0, 0, &queue);
    return SetDispatchQueue(kIOServiceDefaultQueueName, queue);
  }
  if (scenario == "enqueue-unprepared") {
    IOUserNetworkPacket * packet = nullptr;
    kern_return_t result = ivars->pool->allocatePacket(&packet);
    return result == kIOReturnSuccess ? ivars->rxCompletion->EnqueuePacket(packet) : result;
  }
  if (scenario == "enqueue-twice") {
    IOUserNetworkPacket * packet = nullptr;
    kern_return_t result = ivars->rxSubmission->DequeuePacket(&packet);
    if (result == kIOReturnSuccess) result = ivars->rxCompletion->EnqueuePacket(packet);
    return result == kIOReturnSuccess ? ivars->rxCompletion->EnqueuePacket(packet) : result;
  }
  return kIOReturnNotFound;
}

kern_return_t IMPL(TestPort, SetInterfaceEnable) {
  for (IOUserNetworkPacketQueue * queue : std::initializer_list<IOUserNetworkPacketQueue *>{
           ivars->txCompletion, ivars->txSubmission, ivars->rxCompletion, ivars->rxSubmission})
    queue->SetEnable(isEnable);
  os_log(OS_LOG_DEFAULT, "SetInterfaceEnable %d", isEnable);
  return kIOReturnSuccess;
}

// Every frame to be transmitted is received again.
void IMPL(TestPort, OnPackets) {
  (void)action;
  IOUserNetworkPacket * sent[8];
  uint32_t count;
  uint32_t total = 0;
  do {
    count = ivars->txSubmission->DequeuePackets(sent, 8);
    total += count;
    for (uint32_t i = 0; i < count; i++) {
      IOUserNetworkPacket * received = nullptr;
      if (ivars->pool->allocatePacket(&received) != kIOReturnSuccess) continue;
      auto length = sent[i]->getDataLength();
      memcpy(reinterpret_cast<void *>(received->getDataVirtualAddress()),
             reinterpret_cast<void *>(sent[i]->getDataVirtualAddress() + sent[i]->getDataOff()), length);
      received->prepareWithQueue(ivars->rxCompletion, kIOUserNetworkPacketDirectionRx);
      received->setDataOffsetAndLength(0, length);
      received->setLinkHeaderLength(14);
      if (ivars->rxCompletion->EnqueuePacket(received) != kIOReturnSuccess) ivars->pool->deallocatePacket(received);
    }
    ivars->txCompletion->EnqueuePackets(sent, count);
  } while (count == 8);
  os_log(OS_LOG_DEFAULT, "OnPackets %u", total);
}

kern_return_t IMPL(TestPort, SetPromiscuousModeEnable) {
  os_log(OS_LOG_DEFAULT, "SetPromiscuousModeEnable %d", enable);
  return kIOReturnSuccess;
}

kern_return_t IMPL(TestPort, SetAllMulticastModeEnable) {
  os_log(OS_LOG_DEFAULT, "SetAllMulticastModeEnable %d", enable);
  return kIOReturnSuccess;
}

kern_return_t TestPort::setMulticastAddresses(const ether_addr_t * addresses, uint32_t count) {
  os_log(OS_LOG_DEFAULT, "setMulticastAddresses %u, the last ends in %u", count, addresses[count - 1].octet[5]);
  return kIOReturnSuccess;
}

kern_return_t IMPL(TestPort, SelectMediaType) {
  os_log(OS_LOG_DEFAULT, "SelectMediaType 0x%x", mediaType);
  return kIOReturnSuccess;
}

kern_return_t IMPL(TestPort, SetWakeOnMagicPacketEnable) {
  (void)enable;
  return kIOReturnUnsupported;
}

kern_return_t IMPL(TestPort, SetMTU) {
  os_log(OS_LOG_DEFAULT, "SetMTU %u", mtu);
  return kIOReturnSuccess;
}

kern_return_t IMPL(TestPort, GetMaxTransferUnit) {
  *mtu = 9000;
  return kIOReturnSuccess;
}

kern_return_t IMPL(TestPort, SetHardwareAssists) {
  (void)hardwareAssists;
  return kIOReturnUnsupported;
}

kern_return_t IMPL(TestPort, GetHardwareAssists) {
  *hardwareAssists = kIOUserNetworkHWAssistRxChecksum;
  return kIOReturnSuccess;
}
