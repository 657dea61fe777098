package measured

import "strings"

// width bounds the lines of a page, in bytes.
const width = 120

// Item breaks the text of a list's item into lines, which are indented below its dash.
func Item(text string) string { return itemAt(text, 0) }

// Items breaks the texts of a list whose dashes are so far in.
func Items(texts []string, indent int) []string {
	var all []string
	for _, text := range texts {
		all = append(all, itemAt(text, indent))
	}
	return all
}

func itemAt(text string, indent int) string {
	var lines []string
	margin := strings.Repeat(" ", indent)
	line := margin + "-"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > width {
			lines, line = append(lines, line), margin+" "
		}
		line += " " + word
	}
	return strings.TrimPrefix(strings.Join(append(lines, line), "\n"), margin+"- ")
}
