package migrate

import (
	"bytes"
	"regexp"
	"strings"
)

// mending is text that was no YAML, made some line by line, so that it can be
// read. What is written is cut from the text as it was.
type mending struct {
	text  []byte
	lines []mended
}

type mended struct {
	line int
	why  string
}

var leadingTabs = regexp.MustCompile(`^[ ]*\t[ \t]*`)

// mend mends slips that make a text no YAML; nil where there are none.
func (t *table) mend(data []byte) *mending {
	m := new(mending)
	var out bytes.Buffer
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		body := strings.TrimRight(line, "\r\n")
		end := line[len(body):]
		if tabs := leadingTabs.FindString(body); tabs != "" && strings.TrimSpace(body) != "" {
			body = strings.ReplaceAll(tabs, "\t", "  ") + body[len(tabs):]
			m.lines = append(m.lines, mended{number, "it is indented by tabs"})
		}
		for _, slip := range t.Slips {
			if found := slip.pattern.FindStringSubmatch(body); found != nil {
				body = slip.pattern.ReplaceAllString(body, slip.Becomes)
				m.lines = append(m.lines, mended{number, strings.ReplaceAll(slip.Why, "$2", found[2])})
			}
		}
		out.WriteString(body + end)
	}
	if len(m.lines) == 0 {
		return nil
	}
	m.text = out.Bytes()
	return m
}

// tellMended says what was read as something else.
func (p *parsed) tellMended(in *input) {
	told := map[string]bool{}
	for _, l := range in.mended.lines {
		if told[l.why] {
			continue
		}
		told[l.why] = true
		p.notes.note(Finding{
			Outcome: ByHand, File: in.Name, Line: l.line,
			Text: "this is not valid YAML, " + l.why + ": Istio does not read the file as it is. It was read as it is meant; fix such lines where they are still there",
		})
	}
}
