package migrate

import (
	"bytes"
	"regexp"
	"strings"
)

// toolName is a word that names istioctl or Helm: by a path, with a version, as an image or as a variable.
const toolName = `(?:"[^"\s]*"|\$\(\w+\)|[^\s"'` + "`" + `;|&()=])*/(?:istioctl|helm3?)(?:[-:@][-\w.:@]+)?|(?:istioctl|helm3?)(?:[-:@]v?\d[-\w.:@]*)?(?:\.exe)?|` +
	`\$(?:[({])?(?:ISTIOCTL|HELM|istioctl|helm)(?:_?(?i:bin|cmd|path|command))?(?::-\w+)?[)}]?`

// flagsBefore are the flags that a tool may have before the name of its command, with the space around them.
const flagsBefore = `(?:[ \t]+-[^\s"']+(?:"[^"\n]*"|'[^'\n]*')?(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|[^-\s"'][^\s"']*))??)*[ \t]+`

var (
	// commandLine is a line that begins with a command, whatever that does.
	commandLine = regexp.MustCompile(`(?m)^[ \t]*(?:\$[ \t]+)?(?:sudo[ \t]+)?(?:\S*/)?(?:istioctl|helm)[ \t]`)
	// commandAnywhere is a command that installs something, at any place in a line.
	commandAnywhere = regexp.MustCompile(`(?:^|[\s"'({;|&@+-])(["']?(` + toolName + `)["']?)` + flagsBefore + `(?:install|upgrade|manifest|template)(?:[\s"']|$)`)
	// installsIstiod is one that installs istiod.
	installsIstiod = regexp.MustCompile(`(?i:istioctl)[^\s/]*` + flagsBefore + `(?:install|manifest|upgrade)(?:\s|$)|` +
		`(?i:helm)[^\s/]*[ \t](?:.*[ \t])?(?:upgrade|install|template)[ \t](?:.|\\\n)*(?:istiod|istio-discovery|/istio)(?:-v?\d[-+.\w]*\.tgz)?/?["']?(?:\s|$)`)
	// bringsIstio is a line of a script or a page by which istioctl installs Istio, or its operator.
	bringsIstio = regexp.MustCompile(`(?m)^[^#\n]*\bistioctl[ \t](?:[^#\n]*[ \t])?(?:(operator[ \t]+init)|install|upgrade|manifest[ \t]+apply)\b`)
)

// mayName tells most texts without a command at a glance.
func mayName(data []byte) bool {
	for _, name := range []string{"istioctl", "helm", "ISTIOCTL", "HELM"} {
		if bytes.Contains(data, []byte(name)) {
			return true
		}
	}
	return false
}

// commandLines are the commands in a text.
type commandLines struct {
	text   string // with blanks in the place of all else
	blocks []commandBlock
}

// lookLikeCommands tells command lines, or a file with some, from YAML.
func (c commandLines) lookLikeCommands(data []byte) bool {
	if len(c.blocks) == 0 {
		return false
	}
	if setFlag.Match(data) {
		return true
	}
	if bytes.Contains(data, []byte("```")) {
		return false
	}
	return revisionFlag.Match(data) || applyLine.Match(data) || installsIstiod.MatchString(c.text) && tellsMore.MatchString(c.text) && !holdsObjects.Match(data)
}

var (
	setFlag      = regexp.MustCompile(`(?:^|\s)(?:--set|-s|--set-string|--set-json|--set-literal|--set-file)[ =]`)
	revisionFlag = regexp.MustCompile(`istioctl[ \t]+(?:install|manifest|upgrade)[ \t](?:(?:.|\\\n)*[ \t])?(?:--revision|-i|--istioNamespace)[ =]`)
	applyLine    = regexp.MustCompile(`helm[ \t]+template[ \t](?:.|[|\\][ \t]*\n)*\|[ \t]*(?:\\?\n[ \t]*)?kubectl[ \t]`)
	// tellsMore finds flags that tell of a control plane, and set nothing.
	tellsMore = regexp.MustCompile(`(?:^|\s)(?:-f|--filename|--values|-r|--revision|-i|--istioNamespace|-n|--namespace|--context|--kube-context)(?:[ =]|$)`)
	// holdsObjects finds objects and settings in a script, such as those of a here-document.
	holdsObjects = regexp.MustCompile(`(?m)^\s*(?:- )?(?:apiVersion|exporters|extension_?[pP]roviders|meshConfig|pilot)\s*:`)
)

// hereDocument has a command read the lines below it, up to one with a word alone.
var hereDocument = regexp.MustCompile(`<<-?[ \t]*['"\\]?([A-Za-z_]\w*)['"]?`)

// foreignJoin is what joins lines in shells of Windows.
var foreignJoin = regexp.MustCompile("[ \\t][\\^`]$")

// commandBlock is a command with the lines that it goes on in, by its place in the text.
type commandBlock struct {
	start, end, line int
	within           bool // it stands within another command, which may end after it
}

// onlyCommands blanks every line that is no part of a command, so that what
// stands around it need not be a shell's: what a command reads from the lines
// below it too. It gives where the commands stand.
func onlyCommands(data []byte) commandLines {
	if !mayName(data) {
		return commandLines{}
	}
	text := expressions.ReplaceAllStringFunc(string(data), hideExpression.Replace)
	var out strings.Builder
	var blocks []commandBlock
	goesOn := false
	last := map[string]int{} // lines by what they have
	number := 0
	for line := range strings.Lines(text) {
		number++
		last[strings.Trim(line, "\t\r\n")] = number
	}
	number = 0
	quote := ""       // that the command stands in
	inner := false    // whether one in that is open
	var ends []string // of here-documents that follow
	for line := range strings.Lines(text) {
		number++
		body := strings.TrimRight(line, "\r\n")
		ending := line[len(body):]
		if !goesOn && len(ends) > 0 {
			if strings.Trim(body, "\t") == ends[0] {
				ends = ends[1:]
			}
			out.Write(blanked([]byte(line)))
			continue
		}
		if !goesOn {
			quote, inner = "", false
			at, found := 0, commandLine.MatchString(line)
			if !found {
				at, quote, found = commandWithin(body)
			}
			if !found {
				out.Write(blanked([]byte(line)))
				continue
			}
			blocks = append(blocks, commandBlock{start: out.Len(), line: number, within: at > 0})
			body = blankedBetween(body, 0, at)
		}
		if end := endOf(body, quote); quote != "" && end >= 0 {
			body = blankedBetween(body, end, len(body))
		}
		if quote == `"` {
			body, inner = unescapedQuotes(body, inner)
		}
		for _, at := range hereDocument.FindAllStringSubmatchIndex(body, -1) {
			if end := body[at[2]:at[3]]; last[end] > number {
				ends = append(ends, end)
				body = blankedBetween(body, at[0], at[1])
			}
		}
		if foreignJoin.MatchString(body) {
			body = body[:len(body)-1] + `\`
		}
		if before, joined := strings.CutSuffix(body, `\\`); joined { // as a string of Groovy has it
			body = before + ` \`
		}
		joined := strings.HasSuffix(body, `\`)
		goesOn = joined || strings.HasSuffix(strings.TrimRight(body, " \t"), "|")
		if joined && strings.HasSuffix(ending, "\r\n") { // after a carriage return a shell would join nothing
			body, ending = body[:len(body)-1]+` \`, "\n"
		}
		out.WriteString(body + ending)
		blocks[len(blocks)-1].end = out.Len()
	}
	return commandLines{out.String(), blocks}
}

// escapedQuote is how a quote stands in a text in quotes.
const escapedQuote = `\"`

// unescapedQuotes gives text with quotes of a shell in the place of those that are escaped, as many bytes for each. Open
// tells whether one is, before and after.
func unescapedQuotes(text string, open bool) (string, bool) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, escapedQuote)
		out.WriteString(before)
		if !found {
			return out.String(), open
		}
		if open = !open; open {
			out.WriteString(`$"`) // a shell may translate what is in these, and reads them as any others
		} else {
			out.WriteString(`" `)
		}
		text = after
	}
}

// endOf gives where a text in quotes ends; -1 where it does not.
func endOf(text, quote string) int {
	for from := 0; ; {
		at := strings.Index(text[from:], quote)
		if at < 0 {
			return -1
		}
		if at += from; quote != `"` || at == 0 || text[at-1] != '\\' {
			return at
		}
		from = at + 1
	}
}

// blankedBetween gives text with spaces in the place of some bytes, so that what follows stays where it is.
func blankedBetween(text string, from, to int) string {
	return text[:from] + string(blanked([]byte(text[from:to]))) + text[to:]
}

var (
	// opensQuote is what has a shell run the text in quotes that follows.
	opensQuote = regexp.MustCompile(`(?:\b(?:ba|z|da)?sh|\bbat|\beval|[ \t]-[a-z]*c|\bscript:|\bcommand[ \t]*=|\bssh[ \t]+\S+)[ \t(\[]*("""|'''|"|')([^"']*)$`)
	// oneWord is what a shell makes one word of: text in quotes, the output of a command, a variable.
	oneWord = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'|\$\([^()]*\)|\$\{[^{}]*\}|\$\w+`)
	comment = regexp.MustCompile(`(?:^|\s)#|^\s*(?://|\*)`)
	// operators are what another command begins after.
	operators = regexp.MustCompile(`[;|&({]`)
	// wrapping is what a command may have before it.
	wrapping = regexp.MustCompile(`^[ \t]*[@+-]*(?:(?:if|while|until|then|do|else|elif|!|time|sudo|doas|exec|env|command|nohup|nice|eval|timeout|try|run|RUN|call|\$|\w*retry\w*|-\S+|\d+\w?|_|[A-Za-z_]\w*=\S*)[ \t]+)*[@+-]*$|` +
		`^[ \t]*[@+-]*(?:sudo[ \t]+)?(?:docker|podman|nerdctl|kubectl|oc|ssh|nix|mise|asdf|op|vault|doppler|aws-vault|vagrant)[ \t].*$`)
)

// commandWithin finds a command that installs something within a line of a shell, or of
// what has a shell run it, and the quote that it stands in.
func commandWithin(line string) (start int, quote string, found bool) {
	if !mayName([]byte(line)) {
		return 0, "", false
	}
	from := 0
	for range 50 { // of a line without end, too, the time stays linear
		at := commandAnywhere.FindStringSubmatchIndex(line[from:])
		if at == nil {
			return 0, "", false
		}
		start = from + at[2]
		if word := line[from+at[2] : from+at[3]]; strings.ContainsAny(word[:1], `"'`) && !strings.HasSuffix(word, word[:1]) {
			start++
		}
		before := line[:start]
		quote = ""
		if open := opensQuote.FindStringSubmatch(before); open != nil && !comment.MatchString(before) {
			quote, before = open[1], open[2]
		}
		if isWrapping(before) {
			return start, quote, true
		}
		from += at[5]
	}
	return 0, "", false
}

// isWrapping tells what may stand before a command in a line.
func isWrapping(before string) bool {
	before = oneWord.ReplaceAllString(before, "_")
	if strings.ContainsAny(before, "\"'`") || comment.MatchString(before) {
		return false
	}
	if at := operators.FindAllStringIndex(before, -1); len(at) > 0 {
		before = before[at[len(at)-1][1]:]
	}
	return wrapping.MatchString(before)
}
