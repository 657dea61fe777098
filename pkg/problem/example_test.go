package problem_test

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// As JSON a problem has what a dashboard shows of it, the page of its rule too.
func ExampleProblem() {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(problem.Problem{
		ID: "LS-SAMPLING", Severity: problem.SeverityWarning, Path: "pilot.traceSampling",
		Reason: "0 sends no span", Fix: "set a number up to 100", File: "mesh.yaml", Line: 2, Column: 3,
		URL: "https://example.com/rules.md#ls-sampling",
	}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {
	//   "id": "LS-SAMPLING",
	//   "severity": "warning",
	//   "path": "pilot.traceSampling",
	//   "reason": "0 sends no span",
	//   "fix": "set a number up to 100",
	//   "file": "mesh.yaml",
	//   "line": 2,
	//   "column": 3,
	//   "url": "https://example.com/rules.md#ls-sampling"
	// }
}

// A gate of a pipeline fails on errors alone.
func ExampleHasErrors() {
	problems := []problem.Problem{{ID: "LS-B", Severity: problem.SeverityWarning}}
	fmt.Println(problem.HasErrors(problems))
	problems = append(problems, problem.Problem{ID: "LS-A", Severity: problem.SeverityError})
	fmt.Println(problem.HasErrors(problems))
	problem.Sort(problems)
	fmt.Println(problems[0].ID, "comes first")
	// Output:
	// false
	// true
	// LS-A comes first
}
