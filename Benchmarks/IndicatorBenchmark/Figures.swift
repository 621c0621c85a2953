/// Two decimals.
func figure(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
}

func median(_ numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }

func spread(_ numbers: [Double]) -> String {
    "\(figure(median(numbers))) (\(figure(numbers.min() ?? 0))–\(figure(numbers.max() ?? 0)))"
}

func nanoseconds(_ body: () -> Void) -> Double {
    let elapsed = ContinuousClock().measure(body).components
    return Double(elapsed.seconds) * 1e9 + Double(elapsed.attoseconds) / 1e9
}
