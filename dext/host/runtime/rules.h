// rules.h — the rules of DriverKit that the host enforces: what on macOS panics, hangs or is dropped without a word
// ends here in one line that names the rule.
#pragma once

#include <DriverKit/IOReturn.h>

#include <string>

namespace multiport::runtime {

struct Rule {
  const char * name;   // as the log and the tests have it
  const char * words;  // what macOS does when it is broken
};

namespace rule {
inline constexpr Rule kOverRelease{"over-release", "an object was released more often than retained"};
inline constexpr Rule kUseAfterFree{"use-after-free", "an object was used after its last release"};
inline constexpr Rule kSuperFree{"super-free", "free() must end in super::free(); the object leaks"};
inline constexpr Rule kSuperInit{"super-init", "init() must call super::init() first"};
inline constexpr Rule kRequiredCast{"required-cast", "OSRequiredCast to another class ends the process"};
inline constexpr Rule kTypedActions{"typed-actions",
                                    "actions are made by CreateAction<Method>; any other is dropped at delivery"};
inline constexpr Rule kOnewayDropped{"one-way-dropped", "a one-way message that its object does not take is lost"};
inline constexpr Rule kActionReference{"action-reference", "GetReference needs a reference size other than 0"};
inline constexpr Rule kActionOwner{"action-owner", "only the process that made an action can do this with it"};
inline constexpr Rule kSyncOnOwnQueue{"no-sync-on-own-queue", "DispatchSync on the queue that runs it waits for ever"};
inline constexpr Rule kCancelledQueue{"cancelled-queue", "what waits for a cancelled queue waits for ever"};
inline constexpr Rule kReentrantQueue{"reentrant-queue", "this needs a queue made with kIODispatchQueueReentrant"};
inline constexpr Rule kOnQueue{"on-queue", "Sleep and Wakeup are called on the queue itself"};
inline constexpr Rule kNoSyncInStop{"no-sync-in-stop",
                                    "a Stop that calls another process synchronously can hang every unplug"};
inline constexpr Rule kNoEthernetByCreate{"no-ethernet-by-create",
                                          "an IOUserNetworkEthernet made by Create panics when it registers"};
inline constexpr Rule kOneRegister{"one-register-per-instance",
                                   "a second RegisterEthernetInterface on one object crashes"};
inline constexpr Rule kRegisterFirst{"register-interface-first",
                                     "RegisterService before RegisterEthernetInterface panicked macOS 11"};
inline constexpr Rule kFourQueues{"four-queues", "an Ethernet interface has exactly four queues, one of each kind"};
inline constexpr Rule kQueueIds{"distinct-queue-ids", "two queues of one interface may not have the same id"};
inline constexpr Rule kBeforeRegister{"before-register",
                                      "headroom, tailroom and features are ignored once the interface is registered"};
inline constexpr Rule kDefaultQueue{"keep-default-queue",
                                    "replacing the Default queue of an IOUserNetworkEthernet crashes its Stop"};
inline constexpr Rule kMapToDext{"map-to-dext",
                                 "without PoolFlagMapToDext a packet's address is an offset; writing there crashes"};
inline constexpr Rule kPacketOwner{"packet-owner", "a packet was used that belongs to the other side"};
inline constexpr Rule kCompletion{"completion", "an asynchronous call needs an action to complete"};
inline constexpr Rule kSourceCancelled{"source-cancelled", "a cancelled source or action can only be released"};
inline constexpr Rule kLockOwner{"lock-owner", "a lock is unlocked by who locked it, and freed unlocked"};
inline constexpr Rule kNotImplemented{"not-implemented", "the host declares this method and does not have it"};
inline constexpr Rule kQueueName{"queue-name",
                                 "a service has a queue of that name only when QUEUENAME(…) in its .iig says so"};
inline constexpr Rule kUserClass{"user-class", "IOUserClass names a class of the dext; of any other the process ends"};
inline constexpr Rule kProtocol{"protocol", "the kernel side and this process disagree; build both again"};
}  // namespace rule

// Says which rule was broken and how, to the kernel side and on stderr, and aborts.
[[noreturn]] void breakRule(const Rule & rule, const std::string & how);

// Says that macOS refuses this with `result`, and why; returns `result`.
kern_return_t refuse(const Rule & rule, const std::string & how, kern_return_t result);

// A method of the SDK that the host does not have.
[[noreturn]] void notImplemented(const char * method);

}  // namespace multiport::runtime
