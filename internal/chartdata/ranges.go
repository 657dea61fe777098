package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

// A range of versions in a page stands behind a comment that says which one it
// is, or before one in YAML:
//
//	<!-- istio: otlp -->1.16.1 – 1.32
//	on Istio 1.4 to 1.32 # istio: any
const capability, span = `istio: ([A-Za-z0-9 ]+)`, `([0-9.]+)( – | to )([0-9.]*[0-9])`

var (
	marker = regexp.MustCompile(`<!-- istio:|# istio:`)
	ranges = regexp.MustCompile(`<!-- ` + capability + ` -->` + span + `|` + span + ` # ` + capability)
)

// writeRanges writes the ranges of versions in a page.
func writeRanges(table *dialect.Table, page string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	written, err := withRanges(table, string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	return os.WriteFile(page, []byte(written), 0o644)
}

func withRanges(table *dialect.Table, text string) (string, error) {
	var errs []error
	if unread := len(marker.FindAllString(text, -1)) - len(ranges.FindAllString(text, -1)); unread > 0 {
		errs = append(errs, fmt.Errorf("%d comments `istio: …` without a range such as 1.4 – 1.14 or 1.4 to 1.14 beside them", unread))
	}
	text = ranges.ReplaceAllStringFunc(text, func(found string) string {
		parts := ranges.FindStringSubmatch(found)
		name, from, between, to := parts[1], parts[2], parts[3], parts[4]
		if name == "" {
			from, between, to, name = parts[5], parts[6], parts[7], parts[8]
		}
		can := capabilityOf(name)
		since, until := table.Range(can)
		if until == "" {
			errs = append(errs, fmt.Errorf("no Istio is known by %q", name))
		}
		return strings.Replace(found, from+between+to, since+between+until, 1)
	})
	return text, errors.Join(errs...)
}

// capabilityOf reads what a comment says: any, otlp, zipkin, `native meshConfig`,
// `delivery direct`, `output sail` or `telemetry v1`.
func capabilityOf(name string) dialect.Capability {
	kind, value, _ := strings.Cut(name, " ")
	switch kind {
	case "any":
		return dialect.Any
	case "delivery":
		return dialect.Delivers(value)
	case "output":
		return dialect.Takes(value)
	}
	return func(r *dialect.Row) bool {
		return kind == "receiver" && r.Receiver == value ||
			kind == "native" && r.Native == value ||
			kind == "telemetry" && strings.HasSuffix(r.Telemetry, "/"+value)
	}
}
