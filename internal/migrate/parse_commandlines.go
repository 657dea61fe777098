package migrate

import (
	"bytes"
	"regexp"
	"strings"
)

var commandLine = regexp.MustCompile(`(?m)^[ \t]*(?:\$[ \t]+)?(?:sudo[ \t]+)?(?:\S*/)?(?:istioctl|helm)[ \t]`)

// looksLikeCommand tells a command line, or a file with some, from YAML.
func looksLikeCommand(data []byte) bool {
	return commandLine.Match(data) && (setFlag.Match(data) || (revisionFlag.Match(data) || applyLine.Match(data)) && !bytes.Contains(data, []byte("```")))
}

var (
	setFlag      = regexp.MustCompile(`(?:^|\s)(?:--set|-s|--set-string|--set-json|--set-literal|--set-file)[ =]`)
	revisionFlag = regexp.MustCompile(`istioctl[ \t]+(?:install|manifest|upgrade)[ \t](?:(?:.|\\\n)*[ \t])?(?:--revision|-i|--istioNamespace)[ =]`)
	applyLine    = regexp.MustCompile(`helm[ \t]+template[ \t](?:.|[|\\][ \t]*\n)*\|[ \t]*(?:\\?\n[ \t]*)?kubectl[ \t]`)
)

// hereDocument has a command read the lines below it, up to one with a word alone.
var hereDocument = regexp.MustCompile(`<<-?[ \t]*['"\\]?([A-Za-z_]\w*)['"]?`)

// foreignJoin is what joins lines in shells of Windows.
var foreignJoin = regexp.MustCompile("[ \\t][\\^`]$")

// onlyCommands blanks every line that is no part of a command, so that what
// stands around it need not be a shell's: what a command reads from the lines
// below it too.
func onlyCommands(data []byte) string {
	var out strings.Builder
	within := false
	last := map[string]int{} // lines by what they have
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		last[strings.Trim(line, "\t\r\n")] = number
	}
	number = 0
	var ends []string // of here-documents that follow
	for line := range strings.Lines(string(data)) {
		number++
		body := strings.TrimRight(line, "\r\n")
		if !within && len(ends) > 0 {
			if strings.Trim(body, "\t") == ends[0] {
				ends = ends[1:]
			}
			out.WriteString(strings.Repeat(" ", len(body)) + line[len(body):])
			continue
		}
		if !within && !commandLine.MatchString(line) {
			out.WriteString(strings.Repeat(" ", len(body)) + line[len(body):])
			continue
		}
		for _, at := range hereDocument.FindAllStringSubmatchIndex(body, -1) {
			if end := body[at[2]:at[3]]; last[end] > number {
				ends = append(ends, end)
				line = line[:at[0]] + strings.Repeat(" ", at[1]-at[0]) + line[at[1]:]
			}
		}
		body = strings.TrimRight(line, "\r\n")
		if foreignJoin.MatchString(body) {
			line = body[:len(body)-1] + `\` + line[len(body):]
			body = strings.TrimRight(line, "\r\n")
		}
		within = strings.HasSuffix(body, `\`) || strings.HasSuffix(strings.TrimRight(body, " \t"), "|")
		if strings.HasSuffix(body, `\`) && strings.HasSuffix(line, "\r\n") { // after a carriage return a shell would join nothing
			line = body[:len(body)-1] + " \\\n"
		}
		out.WriteString(line)
	}
	return out.String()
}
