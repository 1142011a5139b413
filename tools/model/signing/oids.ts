/** Object identifiers that occur in Apple's signatures, by what we call them. */
export const OID = {
  // PKCS #7 and CMS, RFC 5652; RFC 3161
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  timestampToken: '1.2.840.113549.1.9.16.2.14',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  // Apple's signed attributes: all cdhashes as a property list; all code directory hashes with their algorithm
  cdHashesPlist: '1.2.840.113635.100.9.1',
  cdHashes: '1.2.840.113635.100.9.2',
  // X.509, RFC 5280
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
  country: '2.5.4.6',
  userId: '0.9.2342.19200300.100.1.1',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  // extended key usages
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  // marks in Apple's certificates, from its certificate policies
  appleMarks: '1.2.840.113635.100.6',
  iosDevelopment: '1.2.840.113635.100.6.1.2',
  iosDistribution: '1.2.840.113635.100.6.1.4',
  macAppStore: '1.2.840.113635.100.6.1.9',
  appleSoftware: '1.2.840.113635.100.6.22',
  macAppDistribution: '1.2.840.113635.100.6.1.7',
  macDevelopment: '1.2.840.113635.100.6.1.12',
  developerIdApplication: '1.2.840.113635.100.6.1.13',
  developerIdInstaller: '1.2.840.113635.100.6.1.14',
  developerIdAuthority: '1.2.840.113635.100.6.2.6',
  worldwideDeveloperRelations: '1.2.840.113635.100.6.2.1',
} as const;
