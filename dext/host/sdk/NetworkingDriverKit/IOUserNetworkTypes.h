// IOUserNetworkTypes.h — media, link states, flags and addresses of NetworkingDriverKit.
#pragma once

#include <DriverKit/IOTypes.h>
#include <net/ethernet.h>

typedef uint32_t IOUserNetworkMediaType;
typedef uint32_t IOUserNetworkLinkStatus;
typedef uint32_t IOUserNetworkLinkQuality;
typedef uint32_t MediaWord;
typedef uint32_t LinkStatus;
typedef uint32_t LinkQuality;
typedef uint32_t IOUserNetworkPacketQueueId;
typedef uint32_t IOUserNetworkPacketRxChecksumFlags;
typedef uint32_t IOUserNetworkPacketTxChecksumFlags;
typedef uint32_t IOUserNetworkPacketTSOFlags;
typedef uint32_t IOUserNetworkPacketServiceClass;

struct IOUserNetworkMACAddress {
  uint8_t octet[6];
};

#ifdef __linux__  // macOS has this in net/ethernet.h
typedef struct ether_addr_multiport {
  uint8_t octet[6];
} ether_addr_t;
#endif

enum : IOUserNetworkLinkStatus {
  kIOUserNetworkLinkStatusInvalid = 0,
  kIOUserNetworkLinkStatusInactive = 1,
  kIOUserNetworkLinkStatusActive = 3,
  kIOUserNetworkLinkStatusWakeSameNet = 4,
};

enum {
  kIOUserNetworkLinkQualityOff = -2,
  kIOUserNetworkLinkQualityUnknown = -1,
  kIOUserNetworkLinkQualityBad = 10,
  kIOUserNetworkLinkQualityPoor = 50,
  kIOUserNetworkLinkQualityGood = 100,
};

// Media: a type, and options or'ed into it. Numbers: NetworkingDriverKit, IOUserNetworkTypes.h.
enum : IOUserNetworkMediaType {
  kIOUserNetworkMediaEthernetAuto = 0x20,
  kIOUserNetworkMediaEthernetManual = 0x21,
  kIOUserNetworkMediaEthernetNone = 0x22,
  kIOUserNetworkMediaEthernet10BaseT = 0x23,
  kIOUserNetworkMediaEthernet10Base2 = 0x24,
  kIOUserNetworkMediaEthernet10Base5 = 0x25,
  kIOUserNetworkMediaEthernet100BaseTX = 0x26,
  kIOUserNetworkMediaEthernet100BaseFX = 0x27,
  kIOUserNetworkMediaEthernet100BaseT4 = 0x28,
  kIOUserNetworkMediaEthernet100BaseVG = 0x29,
  kIOUserNetworkMediaEthernet100BaseT2 = 0x2a,
  kIOUserNetworkMediaEthernet1000BaseSX = 0x2b,
  kIOUserNetworkMediaEthernet10BaseSTP = 0x2c,
  kIOUserNetworkMediaEthernet10BaseFL = 0x2d,
  kIOUserNetworkMediaEthernet1000BaseLX = 0x2e,
  kIOUserNetworkMediaEthernet1000BaseCX = 0x2f,
  kIOUserNetworkMediaEthernet1000BaseT = 0x30,
  kIOUserNetworkMediaEthernetHomePNA1 = 0x31,
  kIOUserNetworkMediaEthernet10GBaseSR = 0x32,
  kIOUserNetworkMediaEthernet10GBaseLR = 0x33,
  kIOUserNetworkMediaEthernet10GBaseCX4 = 0x34,
  kIOUserNetworkMediaEthernet10GBaseT = 0x35,
  kIOUserNetworkMediaEthernet2500BaseT = 0x36,
  kIOUserNetworkMediaEthernet5000BaseT = 0x37,
  kIOUserNetworkMediaEthernet1000BaseCX_SGMII = 0x38,
  kIOUserNetworkMediaEthernet1000BaseKX = 0x39,
  kIOUserNetworkMediaEthernet10GBaseKX4 = 0x3a,
  kIOUserNetworkMediaEthernet10GBaseKR = 0x3b,
  kIOUserNetworkMediaEthernet10GBaseCR1 = 0x3c,
  kIOUserNetworkMediaEthernet10GBaseER = 0x3d,
  kIOUserNetworkMediaEthernet20GBaseKR2 = 0x3e,
  kIOUserNetworkMediaEthernet25GBaseCR = 0x3f,
  kIOUserNetworkMediaEthernet25GBaseKR = 0x820,
  kIOUserNetworkMediaEthernet25GBaseSR = 0x821,
  kIOUserNetworkMediaEthernet25GBaseLR = 0x822,
  kIOUserNetworkMediaEthernet40GBaseCR4 = 0x823,
  kIOUserNetworkMediaEthernet40GBaseSR4 = 0x824,
  kIOUserNetworkMediaEthernet40GBaseLR4 = 0x825,
  kIOUserNetworkMediaEthernet40GBaseKR4 = 0x826,
  kIOUserNetworkMediaEthernet50GBaseCR2 = 0x827,
  kIOUserNetworkMediaEthernet50GBaseKR2 = 0x828,
  kIOUserNetworkMediaEthernet50GBaseSR2 = 0x829,
  kIOUserNetworkMediaEthernet50GBaseLR2 = 0x82a,
  kIOUserNetworkMediaEthernet56GBaseR4 = 0x82b,
  kIOUserNetworkMediaEthernet100GBaseCR4 = 0x82c,
  kIOUserNetworkMediaEthernet100GBaseSR4 = 0x82d,
  kIOUserNetworkMediaEthernet100GBaseKR4 = 0x82e,
  kIOUserNetworkMediaEthernet100GBaseLR4 = 0x82f,
  kIOUserNetworkMediaEthernetMask = 0x00000fff,

  kIOUserNetworkMediaOptionFullDuplex = 0x00100000,
  kIOUserNetworkMediaOptionHalfDuplex = 0x00200000,
  kIOUserNetworkMediaOptionFlowControl = 0x00400000,
  kIOUserNetworkMediaOptionEEE = 0x00800000,
  kIOUserNetworkMediaOptionLoopback = 0x08000000,
};

enum : uint32_t {
  kIOUserNetworkFeatureFlagSoftwareVlan = 0x00020000,
  kIOUserNetworkFeatureFlagWOMP = 0x04000000,
  kIOUserNetworkFeatureFlagNicProxy = 0x08000000,
};

enum : uint32_t {
  kIOUserNetworkHWAssistTxChecksumIPHdr = 0x00000001,
  kIOUserNetworkHWAssistTxChecksumTCP = 0x00000002,
  kIOUserNetworkHWAssistTxChecksumUDP = 0x00000004,
  kIOUserNetworkHWAssistSoftwareVlan = 0x00020000,
  kIOUserNetworkHWAssistTSO4 = 0x00200000,
  kIOUserNetworkHWAssistTSO6 = 0x00400000,
  kIOUserNetworkHWAssistWOMP = 0x04000000,
  kIOUserNetworkHWAssistNicProxy = 0x08000000,
  kIOUserNetworkHWAssistRxChecksum = 0x20000000,
};

typedef enum {
  kIOUserNetworkPacketDirectionNone = 0,
  kIOUserNetworkPacketDirectionTx = 1,
  kIOUserNetworkPacketDirectionRx = 2,
} IOUserNetworkPacketDirection;

enum : IOUserNetworkPacketRxChecksumFlags {
  kIOUserNetworkPacketRxCsumIPChecked = 0x0100,
  kIOUserNetworkPacketRxCsumIPValid = 0x0200,
  kIOUserNetworkPacketRxCsumDataValid = 0x0400,
  kIOUserNetworkPacketRxCsumPseudoHdr = 0x0800,
};

// Values: xnu, bsd/skywalk/packet/os_packet.h, PACKET_CSUM_… and PACKET_TSO_….
enum : IOUserNetworkPacketTxChecksumFlags {
  kIOUserNetworkPacketTxCsumPartial = 0x01,
  kIOUserNetworkPacketTxCsumZeroInvert = 0x02,
  kIOUserNetworkPacketTxCsumIPHdr = 0x04,
  kIOUserNetworkPacketTxCsumTCPIPV4 = 0x08,
  kIOUserNetworkPacketTxCsumUDPIPV4 = 0x10,
  kIOUserNetworkPacketTxCsumTCPIPV6 = 0x20,
  kIOUserNetworkPacketTxCsumUDPIPV6 = 0x40,
};

enum : IOUserNetworkPacketTSOFlags {
  kIOUserNetworkPacketTSOIPV4 = 0x00100000,
  kIOUserNetworkPacketTSOIPV6 = 0x00200000,
};

// Values: xnu, bsd/sys/kpi_mbuf.h, MBUF_SC_…; that Apple's are the same nobody here has seen.
enum : IOUserNetworkPacketServiceClass {
  kIOUserNetworkPacketServiceClassNone = 0,
  kIOUserNetworkPacketServiceClassBKSYS = 0x00080090,
  kIOUserNetworkPacketServiceClassBK = 0x00100080,
  kIOUserNetworkPacketServiceClassBE = 0x00000000,
  kIOUserNetworkPacketServiceClassRD = 0x00180010,
  kIOUserNetworkPacketServiceClassOAM = 0x00200020,
  kIOUserNetworkPacketServiceClassAV = 0x00280120,
  kIOUserNetworkPacketServiceClassRV = 0x00300110,
  kIOUserNetworkPacketServiceClassVI = 0x00380100,
  kIOUserNetworkPacketServiceClassSIG = 0x00380130,
  kIOUserNetworkPacketServiceClassVO = 0x00400180,
  kIOUserNetworkPacketServiceClassCTL = 0x00480190,
};

enum {
  kIOUserNetworkBlocking = 0,
  kIOUserNetworkNonBlocking = 1,
};

struct IOUserNetworkTSOOptions {
  uint32_t tso_mtu4;  // bytes of the largest packet to be cut, IPv4
  uint32_t tso_mtu6;
  uint32_t mss4;
  uint32_t mss6;
  uint8_t rsvd[56];
};
