package finding

import (
	"fmt"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

const made = "<!-- Made from internal/doctor/finding/findings.yaml by `make generate`; change it there. -->\n"

// Pages gives every page of docs/findings by its file's name.
func (c *Catalogue) Pages() map[string]string {
	pages := map[string]string{"README.md": c.index()}
	for _, k := range c.kinds {
		pages[k.ID+".md"] = k.page()
	}
	return pages
}

func (c *Catalogue) index() string {
	var out strings.Builder
	out.WriteString(made + "# Findings\n\n")
	fmt.Fprintf(&out, "What `istio-lightstep doctor mesh` can find in a cluster: %d findings, in the order of the path of a span.\n", len(c.kinds))
	paragraph(&out, "## The example", "Names, numbers and commands on the pages are what doctor printed for one mesh: Istio in `istio-system`, "+
		"the release `istio-lightstep` in the same namespace, and Bookinfo in `bookinfo`. For your mesh it prints your names, and "+
		"you can run the command as it is. Replace placeholders in capitals, such as `YOUR-VALUES.yaml` or `FILE`.")
	area := ""
	for _, k := range c.kinds {
		if k.Area != area {
			area = k.Area
			fmt.Fprintf(&out, "\n## %s\n\n| finding | severity | what |\n|---|---|---|\n", strings.ToUpper(area[:1])+area[1:])
		}
		fmt.Fprintf(&out, "| [%s](%s.md) | %s | %s |\n", k.ID, k.ID, k.Severity, prose(k.Title))
	}
	return out.String()
}

func (k Kind) page() string {
	var out strings.Builder
	out.WriteString(made + "# " + k.ID + "\n\n")
	grade := map[problem.Severity]string{problem.SeverityError: "Error", problem.SeverityWarning: "Warning", problem.SeverityInfo: "Information"}[k.Severity]
	said := Example{Lost: k.Lost, Reason: k.Reason, Mend: NewCommand(k.Mend, nil).String(), Advice: k.Advice}
	if k.Example != nil {
		said = *k.Example
	}
	paragraph(&out, "", fmt.Sprintf("**%s:** %s. **Lost:** %s.", grade, prose(k.Title), prose(said.Lost)))
	if k.Choice != "" {
		paragraph(&out, "", upper(prose(k.Choice))+" is a choice of its owner: the finding is then reported as information and does not change the exit status.")
	}
	paragraph(&out, "## Symptoms", prose(k.Looks)+".")
	paragraph(&out, "## Cause", upper(prose(said.Reason))+".")
	out.WriteString("\n## Fix\n\n")
	if said.Advice != "" {
		paragraph(&out, "", upper(prose(said.Advice))+".")
	}
	if said.Mend != "" {
		if said.Advice != "" {
			out.WriteString("\n")
		}
		out.WriteString("```sh\n" + broken(said.Mend) + "\n```\n")
	}
	if k.Example != nil {
		paragraph(&out, "", "Names and numbers on this page are from [an example](README.md#the-example).")
	}
	for _, alert := range k.Alerts {
		paragraph(&out, "## Alert "+alert.Name, "**To confirm:** "+alert.Confirm+".")
		paragraph(&out, "", "**Fix:** "+alert.Fix+".")
	}
	paragraph(&out, "## Source", prose(k.Source)+".")
	if k.Rule != "" {
		paragraph(&out, "", fmt.Sprintf("The chart's rule [%s](../rules.md#%s) reports the problem before installation.", k.Rule, strings.ToLower(k.Rule)))
	}
	if len(k.ExplainedBy) > 0 {
		paragraph(&out, "", "Not reported together with a finding that explains it: "+causes(k.ExplainedBy)+".")
	}
	return out.String()
}

// broken breaks a command that is too long for a line behind its pipes and
// joints, those between quotes left alone.
func broken(command string) string {
	if len(command) <= lineLength || strings.Contains(command, "\n") {
		return command
	}
	var out strings.Builder
	var quote byte
	for i := 0; i < len(command); i++ {
		c := command[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ' ' && (strings.HasSuffix(command[:i], " |") || strings.HasSuffix(command[:i], " &&")):
			out.WriteString("\n  ")
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

func causes(ids []string) string {
	told := make([]string, len(ids))
	for i, id := range ids {
		if told[i] = fmt.Sprintf("[%s](%s.md)", id, id); strings.HasSuffix(id, "-") {
			told[i] = "all of `" + id + "*`"
		}
	}
	return strings.Join(told, ", ")
}

func paragraph(out *strings.Builder, heading, text string) {
	if heading != "" {
		out.WriteString("\n" + heading + "\n")
	}
	if !strings.HasSuffix(out.String(), "\n\n") {
		out.WriteString("\n")
	}
	out.WriteString(wrap(text))
}

// lineLength is the longest line of a page, its tables and commands left out.
const lineLength = 120

func wrap(text string) string {
	var out strings.Builder
	length := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case length == 0:
		case length+1+len([]rune(word)) > lineLength:
			out.WriteString("\n")
			length = 0
		default:
			out.WriteString(" ")
			length++
		}
		out.WriteString(word)
		length += len([]rune(word))
	}
	return out.String() + "\n"
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

var markup = strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`)

// prose keeps what is between backticks, and takes the rest's meaning as
// Markdown away.
func prose(text string) string {
	parts := strings.Split(strings.TrimSuffix(text, "."), "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = markup.Replace(parts[i])
	}
	return strings.Join(parts, "`")
}
