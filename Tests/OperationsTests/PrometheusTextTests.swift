import Operations
import Testing

@Suite struct PrometheusTextTests {
    @Test func familiesOfOneNameArePrintedTogether() {
        let text = PrometheusText.render([
            MetricFamily("a_total", .counter, "As.", [MetricSample(1, [MetricLabel("role", "x")])]),
            MetricFamily("b", .gauge, "Bs.", 2.5),
            MetricFamily("a_total", .counter, "Others.", [MetricSample(3, [MetricLabel("role", "y")])]),
        ])
        #expect(
            text == """
                # HELP a_total As.
                # TYPE a_total counter
                a_total{role="x"} 1
                a_total{role="y"} 3
                # HELP b Bs.
                # TYPE b gauge
                b 2.5

                """)
    }
}

@Suite struct PrometheusRulesTests {
    @Test func whatBreaksTheFormatIsLeftOutOrEscaped() {
        let text = PrometheusText.render([
            MetricFamily("1bad", .gauge, "No.", 1),
            MetricFamily(
                "good", .gauge, "Two\nlines \\",
                [
                    MetricSample(1, [MetricLabel("bad-name", "x")]),
                    MetricSample(.nan, [MetricLabel("a", "quote \" back \\ line \n")]),
                ]),
            MetricFamily("good", .counter, "Another kind.", 9),
        ])
        #expect(
            text == "# HELP good Two\\nlines \\\\\n# TYPE good gauge\n"
                + "good{a=\"quote \\\" back \\\\ line \\n\"} NaN\n")
    }

    @Test func samplesAreBounded() {
        let many = (0..<(PrometheusText.samplesMax + 5)).map { MetricSample(Double($0)) }
        let lines = PrometheusText.render([
            MetricFamily("a", .gauge, "As.", many), MetricFamily("b", .gauge, "Bs.", 1),
        ]).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == PrometheusText.samplesMax)
    }

    @Test func aHistogramCountsUpwards() {
        var histogram = Histogram(bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        let text = PrometheusText.render([
            MetricFamily("t_seconds", .histogram, "T.", histogram.samples())
        ])
        #expect(
            text.split(separator: "\n").dropFirst(2) == [
                "t_seconds_bucket{le=\"0.1\"} 2", "t_seconds_bucket{le=\"1\"} 3",
                "t_seconds_bucket{le=\"+Inf\"} 4", "t_seconds_sum 7.65", "t_seconds_count 4",
            ])
        #expect(histogram.quantile(0.5) == 0.1 && histogram.quantile(0.75) == 1)
        #expect(Histogram().quantile(0.5) == nil)
    }
}
