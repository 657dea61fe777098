package docs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Suite is who runs a command.
type Suite string

// The suites, from the one that needs least.
const (
	Target      Suite = "target"
	Test        Suite = "test"
	Conformance Suite = "conformance"
	E2E         Suite = "e2e"
)

func (s Suite) rank() int { return slices.Index([]Suite{Target, Test, Conformance, E2E}, s) }

// Statement is one command, a pipe, or the definition of a function.
type Statement struct {
	// Line is where in the page it stands.
	Line int
	// Text is as it stands there, without a comment behind it.
	Text string
	// Suite runs it.
	Suite Suite
	// Status is the exit status that is right, and Says what it must print.
	Status int
	Says   string
	// Values is the sample that is values.yaml for it; empty for the README's.
	Values string
	// Function says that it defines one, for those that follow on the page.
	Function bool
	// Shows is what the page says that it prints, on whichever stream; empty
	// where the page does not say.
	Shows string
}

// rule is one of commands.yaml.
type rule struct {
	Begins, With string
	Suite        Suite
	Status       int
	Says, Values string
}

// statements are those of a block.
func (t table) statements(block Block) ([]Statement, error) {
	script, shows := transcript(block.Text)
	file, err := syntax.NewParser().Parse(strings.NewReader(script), block.Page)
	if err != nil {
		return nil, fmt.Errorf("%s: output is fenced as text; commands must be a shell's: %w", block, err)
	}
	var statements []Statement
	var problems []error
	for _, parsed := range file.Stmts {
		s, err := t.classify(parsed)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", block, err))
		}
		s.Text = script[parsed.Pos().Offset():parsed.End().Offset()]
		s.Line = block.Line + int(parsed.Pos().Line()) - 1
		statements = append(statements, s)
	}
	if shows != "" && len(statements) == 1 {
		statements[0].Shows = shows
	}
	return statements, errors.Join(problems...)
}

// transcript parts what is typed behind `$ ` from what is printed. Each keeps
// the lines of the whole.
func transcript(text string) (script, shows string) {
	if !strings.HasPrefix(text, "$ ") {
		return text, ""
	}
	typed := false
	var commands, printed strings.Builder
	for line := range strings.Lines(text) {
		if after, ok := strings.CutPrefix(line, "$ "); ok {
			typed, line = true, after
		}
		if typed {
			commands.WriteString(line)
		} else {
			commands.WriteString("\n")
			printed.WriteString(line)
		}
		typed = typed && strings.HasSuffix(line, "\\\n")
	}
	return commands.String(), printed.String()
}

// classify finds the suite that runs all commands of a statement.
func (t table) classify(parsed *syntax.Stmt) (Statement, error) {
	_, function := parsed.Cmd.(*syntax.FuncDecl)
	s := Statement{Suite: Target, Function: function}
	var problems []error
	syntax.Walk(parsed, func(node syntax.Node) bool {
		call, ok := node.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		words := wordsOf(call)
		found := slices.IndexFunc(t.Commands, func(r rule) bool { return r.fits(words) })
		if found < 0 {
			problems = append(problems, fmt.Errorf("no suite runs `%s`: add it to test/docs/commands.yaml, or say why above its fence: <!-- not run: … -->",
				strings.Join(words, " ")))
			return true
		}
		if r := t.Commands[found]; r.Suite.rank() >= s.Suite.rank() {
			s.Suite, s.Status, s.Says, s.Values = r.Suite, r.Status, r.Says, r.Values
		}
		return true
	})
	return s, errors.Join(problems...)
}

func (r rule) fits(words []string) bool {
	begins := strings.Fields(r.Begins)
	return len(words) >= len(begins) && slices.Equal(words[:len(begins)], begins) &&
		(r.With == "" || slices.Contains(words, r.With))
}

// wordsOf are the words of a command as they are written.
func wordsOf(call *syntax.CallExpr) []string {
	var words []string
	for _, word := range call.Args {
		var text strings.Builder
		_ = syntax.NewPrinter().Print(&text, word) // a Builder does not fail
		words = append(words, text.String())
	}
	return words
}
