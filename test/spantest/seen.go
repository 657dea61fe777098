package spantest

import (
	"fmt"
	"strings"
)

// mostHops bounds the tree that a failure shows.
const mostHops = 50

// came gives the tree that fits a trace, as the code that makes it, for who does not know
// it yet. It is empty where spans are missing between, in other traces, or too many.
func came(spans []RecordedSpan) string {
	for i := range spans {
		if spans[i].TraceID != spans[0].TraceID {
			return ""
		}
	}
	roots, _ := build(spans)
	if len(roots) != 1 {
		return ""
	}
	hops := 0
	code := codeOf(roots[0], &hops)
	if hops > mostHops {
		return ""
	}
	return code
}

func codeOf(n *node, hops *int) string {
	if *hops++; *hops > mostHops {
		return ""
	}
	name := fmt.Sprintf("%q", n.Service)
	if Literal(n.Service) != n.Service {
		name = "spantest.Literal(" + name + ")"
	}
	var order []string
	times := map[string]int{}
	for _, below := range hopOf(n).below {
		code := codeOf(below, hops)
		if times[code]++; times[code] == 1 {
			order = append(order, code)
		}
	}
	arguments := []string{name}
	for _, code := range order {
		if n := times[code]; n > 1 {
			code += fmt.Sprintf(".Times(%d, %d)", n, n)
		}
		arguments = append(arguments, code)
	}
	return "spantest.Span(" + strings.Join(arguments, ", ") + ")"
}
