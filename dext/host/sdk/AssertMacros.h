// AssertMacros.h — goto when a condition does not hold, as Apple's USB and HID samples write it. Their log is left out.
#pragma once

#define __Require(condition, label) \
  do {                              \
    if (!(condition)) goto label;   \
  } while (0)
#define __Require_Quiet(condition, label) __Require(condition, label)
#define __Require_Action(condition, label, action) \
  do {                                             \
    if (!(condition)) {                            \
      {                                            \
        action;                                    \
      }                                            \
      goto label;                                  \
    }                                              \
  } while (0)
#define __Require_Action_Quiet(condition, label, action) __Require_Action(condition, label, action)
#define __Require_noErr(error, label) __Require((error) == 0, label)
#define __Require_noErr_Action(error, label, action) __Require_Action((error) == 0, label, action)

#define require(condition, label) __Require(condition, label)
#define require_quiet(condition, label) __Require(condition, label)
#define require_action(condition, label, action) __Require_Action(condition, label, action)
#define require_action_quiet(condition, label, action) __Require_Action(condition, label, action)
#define require_noerr(error, label) __Require_noErr(error, label)
#define require_noerr_action(error, label, action) __Require_noErr_Action(error, label, action)
