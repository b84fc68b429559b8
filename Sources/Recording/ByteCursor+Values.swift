import Bytes
import Events

// Values that more than one kind of event is made of.

extension ByteCursor {
  mutating func texts() throws(EventCodecError) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    for _ in 0..<(try count()) { texts.append(try counted()) }
    return texts
  }

  /// One of an enumeration's numbers.
  mutating func choice<T: RawRepresentable>(_ field: String) throws(EventCodecError) -> T where T.RawValue == UInt8 {
    let number = try byte()
    guard let value = T(rawValue: number) else { throw .value(field: field, UInt64(number)) }
    return value
  }

  mutating func endpoint() throws(EventCodecError) -> Endpoint {
    Endpoint(try address(), try number(UInt16.self, "port"))
  }

  mutating func address() throws(EventCodecError) -> Address {
    let form = try byte()
    switch form {
    case 0: return .none
    case 4: return Address(v4: try bigEndian(UInt32.self))
    case 6: return Address(v6High: try bigEndian(UInt64.self), low: try bigEndian(UInt64.self))
    case EventKind.otherAddress:
      let version = try byte()
      var address = Address(v6High: try bigEndian(UInt64.self), low: try bigEndian(UInt64.self))
      address.version = version
      return address
    default: throw .value(field: "address", UInt64(form))
    }
  }
}

extension ByteWriter {
  /// As many as an event may have; what is beyond is not written.
  mutating func texts(_ all: [[UInt8]]) {
    let texts = all.prefix(EventKind.mostValues)
    unsigned(UInt64(texts.count))
    for text in texts { counted(text) }
  }

  mutating func endpoint(_ endpoint: Endpoint) {
    address(endpoint.address)
    unsigned(UInt64(endpoint.port))
  }

  mutating func address(_ address: Address) {
    switch address.version {
    case 0 where address.high == 0 && address.low == 0: byte(0)
    case 4 where address.high == 0 && address.low <= UInt64(UInt32.max):
      byte(4)
      bigEndian(UInt32(address.low))
    case 6:
      byte(6)
      bigEndian(address.high)
      bigEndian(address.low)
    default:
      byte(EventKind.otherAddress)
      byte(address.version)
      bigEndian(address.high)
      bigEndian(address.low)
    }
  }
}
