/// An exact decimal as PostgreSQL's `numeric` holds it: `unscaled` × 10^−`scale`.
package struct Numeric: Hashable, Sendable {
    package var unscaled: Int128
    package var scale: Int

    package init(unscaled: Int128, scale: Int) {
        self.unscaled = unscaled
        self.scale = scale
    }
}
