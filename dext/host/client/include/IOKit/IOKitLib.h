// IOKitLib.h — IOKit's calls for tools, under Apple's names and with Apple's signatures; what they do on the host is in
// dext/host/client/README.md.
#pragma once

#include <CoreFoundation/CoreFoundation.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef int kern_return_t;
typedef kern_return_t IOReturn;
typedef uint32_t mach_port_t;
typedef mach_port_t task_port_t;
typedef uint64_t mach_vm_address_t;
typedef uint64_t mach_vm_size_t;
typedef mach_port_t io_object_t;
typedef io_object_t io_service_t;
typedef io_object_t io_iterator_t;
typedef io_object_t io_connect_t;
typedef io_object_t io_registry_entry_t;
typedef char io_name_t[128];
typedef uint32_t IOOptionBits;
typedef unsigned int boolean_t;

typedef struct IONotificationPort * IONotificationPortRef;
typedef struct dispatch_queue_s * dispatch_queue_t;

#define IO_OBJECT_NULL ((io_object_t)0)

extern mach_port_t mach_task_self_;
extern const mach_port_t kIOMainPortDefault;
#define mach_task_self() mach_task_self_

#define kIOServicePlane "IOService"
#define kIOPublishNotification "IOServicePublish"
#define kIOFirstPublishNotification "IOServiceFirstPublish"
#define kIOMatchedNotification "IOServiceMatched"
#define kIOFirstMatchNotification "IOServiceFirstMatch"
#define kIOTerminatedNotification "IOServiceTerminate"

enum {
  kIORegistryIterateRecursively = 0x00000001,
  kIORegistryIterateParents = 0x00000002,
};

enum {
  kIOMapAnywhere = 0x00000001,
  kIOMapReadOnly = 0x00001000,
};

// Where an asynchronous call's reference array holds the callback and what it is given.
enum {
  kIOAsyncReservedIndex = 0,
  kIOAsyncCalloutFuncIndex = 1,
  kIOAsyncCalloutRefconIndex = 2,
  kIOAsyncCalloutCount = 3,
  kOSAsyncRef64Count = 8,
};

typedef void (*IOServiceMatchingCallback)(void * refcon, io_iterator_t iterator);
// What it really is depends on the number of arguments: none or one are passed by value, two as well, more as an array.
typedef void (*IOAsyncCallback)(void * refcon, IOReturn result, void ** args, uint32_t numArgs);
typedef void (*IOAsyncCallback0)(void * refcon, IOReturn result);
typedef void (*IOAsyncCallback1)(void * refcon, IOReturn result, void * arg0);
typedef void (*IOAsyncCallback2)(void * refcon, IOReturn result, void * arg0, void * arg1);

kern_return_t IOMainPort(mach_port_t bootstrapPort, mach_port_t * mainPort);

// --- services -----------------------------------------------------------------------------------------------------
CFMutableDictionaryRef IOServiceMatching(const char * name);
CFMutableDictionaryRef IOServiceNameMatching(const char * name);
// Both take `matching` away from the caller.
io_service_t IOServiceGetMatchingService(mach_port_t mainPort, CFDictionaryRef matching);
kern_return_t IOServiceGetMatchingServices(mach_port_t mainPort, CFDictionaryRef matching, io_iterator_t * existing);
// Takes `matching` away. What is there already is in `notification`; news comes when that has been emptied.
kern_return_t IOServiceAddMatchingNotification(IONotificationPortRef port, const io_name_t notificationType,
                                               CFDictionaryRef matching, IOServiceMatchingCallback callback,
                                               void * refCon, io_iterator_t * notification);

// --- objects ------------------------------------------------------------------------------------------------------
io_object_t IOIteratorNext(io_iterator_t iterator);
boolean_t IOIteratorIsValid(io_iterator_t iterator);
kern_return_t IOObjectRelease(io_object_t object);
kern_return_t IOObjectRetain(io_object_t object);
boolean_t IOObjectConformsTo(io_object_t object, const io_name_t className);
kern_return_t IOObjectGetClass(io_object_t object, io_name_t className);

// --- registry entries ---------------------------------------------------------------------------------------------
kern_return_t IORegistryEntryGetName(io_registry_entry_t entry, io_name_t name);
kern_return_t IORegistryEntryGetRegistryEntryID(io_registry_entry_t entry, uint64_t * entryID);
kern_return_t IORegistryEntryGetParentEntry(io_registry_entry_t entry, const io_name_t plane,
                                            io_registry_entry_t * parent);
kern_return_t IORegistryEntryGetChildIterator(io_registry_entry_t entry, const io_name_t plane,
                                              io_iterator_t * iterator);
CFTypeRef IORegistryEntryCreateCFProperty(io_registry_entry_t entry, CFStringRef key, CFAllocatorRef allocator,
                                          IOOptionBits options);
kern_return_t IORegistryEntryCreateCFProperties(io_registry_entry_t entry, CFMutableDictionaryRef * properties,
                                                CFAllocatorRef allocator, IOOptionBits options);
CFTypeRef IORegistryEntrySearchCFProperty(io_registry_entry_t entry, const io_name_t plane, CFStringRef key,
                                          CFAllocatorRef allocator, IOOptionBits options);

// --- user clients -------------------------------------------------------------------------------------------------
kern_return_t IOServiceOpen(io_service_t service, task_port_t owningTask, uint32_t type, io_connect_t * connect);
kern_return_t IOServiceClose(io_connect_t connect);
kern_return_t IOConnectAddRef(io_connect_t connect);
kern_return_t IOConnectRelease(io_connect_t connect);

kern_return_t IOConnectCallMethod(mach_port_t connection, uint32_t selector, const uint64_t * input, uint32_t inputCnt,
                                  const void * inputStruct, size_t inputStructCnt, uint64_t * output,
                                  uint32_t * outputCnt, void * outputStruct, size_t * outputStructCnt);
kern_return_t IOConnectCallScalarMethod(mach_port_t connection, uint32_t selector, const uint64_t * input,
                                        uint32_t inputCnt, uint64_t * output, uint32_t * outputCnt);
kern_return_t IOConnectCallStructMethod(mach_port_t connection, uint32_t selector, const void * inputStruct,
                                        size_t inputStructCnt, void * outputStruct, size_t * outputStructCnt);
kern_return_t IOConnectCallAsyncMethod(mach_port_t connection, uint32_t selector, mach_port_t wakePort,
                                       uint64_t * reference, uint32_t referenceCnt, const uint64_t * input,
                                       uint32_t inputCnt, const void * inputStruct, size_t inputStructCnt,
                                       uint64_t * output, uint32_t * outputCnt, void * outputStruct,
                                       size_t * outputStructCnt);
kern_return_t IOConnectCallAsyncScalarMethod(mach_port_t connection, uint32_t selector, mach_port_t wakePort,
                                             uint64_t * reference, uint32_t referenceCnt, const uint64_t * input,
                                             uint32_t inputCnt, uint64_t * output, uint32_t * outputCnt);
kern_return_t IOConnectCallAsyncStructMethod(mach_port_t connection, uint32_t selector, mach_port_t wakePort,
                                             uint64_t * reference, uint32_t referenceCnt, const void * inputStruct,
                                             size_t inputStructCnt, void * outputStruct, size_t * outputStructCnt);

kern_return_t IOConnectMapMemory64(io_connect_t connect, uint32_t memoryType, task_port_t intoTask,
                                   mach_vm_address_t * atAddress, mach_vm_size_t * ofSize, IOOptionBits options);
kern_return_t IOConnectUnmapMemory64(io_connect_t connect, uint32_t memoryType, task_port_t fromTask,
                                     mach_vm_address_t atAddress);

// --- notifications ------------------------------------------------------------------------------------------------
IONotificationPortRef IONotificationPortCreate(mach_port_t mainPort);
void IONotificationPortDestroy(IONotificationPortRef port);
void IONotificationPortSetDispatchQueue(IONotificationPortRef port, dispatch_queue_t queue);
mach_port_t IONotificationPortGetMachPort(IONotificationPortRef port);
// Every queue is the library's one thread for callbacks.
dispatch_queue_t dispatch_get_global_queue(intptr_t identifier, uintptr_t flags);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
