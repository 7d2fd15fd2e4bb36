/// Something in the contract that tests cannot read.
struct ContractDefect: Error, CustomStringConvertible {
    let description: String
}
