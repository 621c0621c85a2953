/// One price of an order book and the volume waiting there.
@frozen
package struct BookLevel: Hashable, Sendable {
    package var price: Decimal8
    package var volume: Decimal8

    @inlinable
    package init(price: Decimal8, volume: Decimal8) {
        self.price = price
        self.volume = volume
    }
}
