// error-codes.ts — the other numbers a person meets: SystemExtensions.h, AMFI, IOReturn.h, sys/errno.h and what a shell says.

export interface NamedError {
  readonly name: string;
  readonly meaning: string;
}

/** OSSystemExtensionErrorDomain. 101 is no public code: kernelmanagerd gives it to sysextd. */
export const EXTENSION_ERRORS: Readonly<Record<number, NamedError>> = {
  1: { name: 'unknown', meaning: 'sysextd does not say; a misspelt Info.plist key or a crash of sysextd' },
  2: { name: 'missingEntitlement', meaning: 'the app is not signed with com.apple.developer.system-extension.install' },
  3: { name: 'unsupportedParentBundleLocation', meaning: 'the app does not lie in /Applications' },
  4: { name: 'extensionNotFound', meaning: 'sysextd finds no usable extension with this identifier in the app' },
  5: { name: 'extensionMissingIdentifier', meaning: 'the extension has no CFBundleIdentifier' },
  6: { name: 'duplicateExtensionIdentifer', meaning: 'two extensions in the app have the same identifier' },
  7: { name: 'unknownExtensionCategory', meaning: 'CFBundlePackageType is not DEXT' },
  8: { name: 'codeSignatureInvalid', meaning: 'the signature is broken, of another team, or not notarised' },
  9: { name: 'validationFailed', meaning: 'OSBundleUsageDescription is missing, or kernelmanagerd refused the bundle' },
  10: { name: 'forbiddenBySystemPolicy', meaning: 'the administrator of this Mac does not allow it' },
  11: {
    name: 'requestCanceled',
    meaning: 'the app answered "cancel" to the question whether to replace the old version',
  },
  12: { name: 'requestSuperseded', meaning: 'another request for the same extension came in between' },
  13: { name: 'authorizationRequired', meaning: 'an administrator has to agree' },
  101: {
    name: '(internal)',
    meaning: 'the running version is being replaced and ends when the device is unplugged, or at reboot',
  },
};

/** AppleMobileFileIntegrityError. */
export const AMFI_ERRORS: Readonly<Record<number, NamedError>> = {
  [-413]: {
    name: 'No matching profile found',
    meaning: 'no embedded provisioning profile grants what the signature claims',
  },
  [-423]: {
    name: 'signed by an unknown certificate chain',
    meaning: 'ad-hoc or self-signed; harmless unless it names our file',
  },
  [-424]: {
    name: 'adhoc signed but contains restricted entitlements',
    meaning: 'only a certificate and a profile can carry these',
  },
  [-427]: {
    name: 'unable to retrieve certificate chain',
    meaning: 'an intermediate certificate is missing, expired or revoked',
  },
};

/** IOReturn values a client of the driver meets. */
export const IO_RETURNS: Readonly<Record<number, NamedError>> = {
  3758097084: { name: 'kIOReturnError', meaning: 'the driver failed without saying more' },
  3758097090: { name: 'kIOReturnBadArgument', meaning: 'the driver refused an argument' },
  3758097093: { name: 'kIOReturnExclusiveAccess', meaning: 'somebody else has the device open' },
  3758097095: { name: 'kIOReturnUnsupported', meaning: 'the driver offers no user client' },
  3758097101: { name: 'kIOReturnNotOpen', meaning: 'the device was not opened first' },
  3758097112: { name: 'kIOReturnNotReady', meaning: 'the driver has not started yet' },
  3758097122: {
    name: 'kIOReturnNotPermitted',
    meaning: 'the client is not signed with userclient-access for this driver',
  },
  3758097133: { name: 'kIOReturnNotResponding', meaning: 'the device does not answer' },
};

/** What a shell, launchd or stapler end with. */
export const EXIT_CODES: Readonly<Record<number, NamedError>> = {
  65: { name: 'stapler: Error 65', meaning: 'Apple has no ticket for this build' },
  137: { name: 'Killed: 9', meaning: 'the kernel ended it before main: a restricted entitlement is not granted' },
  163: { name: 'Launchd job spawn failed', meaning: 'a restricted entitlement of the app is not granted' },
};
