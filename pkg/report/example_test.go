package report_test

import (
	"fmt"
	"log"
	"os"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// found is what pkg/render's Check gives.
var found = []problem.Problem{
	{
		ID: "LS-ADDRESS-URL", Severity: problem.SeverityError, Path: "global.tracer.lightstep.address",
		Reason: `"https://x" is a URL`, Fix: "write host:port", File: "mesh.yaml", Line: 4, Column: 7,
		URL: "https://example.com/rules.md#ls-address-url",
	},
}

// A pull request is annotated at the line of each problem.
func ExampleNew() {
	w, err := report.New(report.GitHub, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	if err := w.Target("mesh.yaml", found); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// ::error file=mesh.yaml,line=4,col=7,title=LS-ADDRESS-URL::global.tracer.lightstep.address: "https://x" is a URL%0Afix: write host:port
}

// A target without problems is a test that passes.
func ExampleNew_junit() {
	w, err := report.New(report.JUnit, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	for _, target := range []string{"mesh.yaml", "other.yaml"} {
		var problems []problem.Problem
		if target == "mesh.yaml" {
			problems = found
		}
		if err := w.Target(target, problems); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <testsuites>
	//   <testsuite name="mesh.yaml" tests="1" failures="1" errors="0" skipped="0">
	//     <testcase classname="LS-ADDRESS-URL" name="global.tracer.lightstep.address">
	//       <failure message="global.tracer.lightstep.address: &#34;https://x&#34; is a URL" type="LS-ADDRESS-URL">mesh.yaml:4:7: global.tracer.lightstep.address: &#34;https://x&#34; is a URL&#xA;fix: write host:port</failure>
	//     </testcase>
	//   </testsuite>
	//   <testsuite name="other.yaml" tests="1" failures="0" errors="0" skipped="0">
	//     <testcase classname="istio-lightstep" name="other.yaml"></testcase>
	//   </testsuite>
	// </testsuites>
}

// Code scanning shows each problem with a link to the page of its rule.
func ExampleNew_sarif() {
	w, err := report.New(report.SARIF, os.Stdout, report.WithVersion("1.2.3"))
	if err != nil {
		log.Fatal(err)
	}
	if err := w.Target("mesh.yaml", found); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {
	//   "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
	//   "version": "2.1.0",
	//   "runs": [
	//     {
	//       "results": [
	//         {
	//           "ruleId": "LS-ADDRESS-URL",
	//           "level": "error",
	//           "message": {
	//             "text": "global.tracer.lightstep.address: \"https://x\" is a URL. Fix: write host:port"
	//           },
	//           "locations": [
	//             {
	//               "physicalLocation": {
	//                 "artifactLocation": {
	//                   "uri": "mesh.yaml"
	//                 },
	//                 "region": {
	//                   "startLine": 4,
	//                   "startColumn": 7
	//                 }
	//               },
	//               "logicalLocations": [
	//                 {
	//                   "fullyQualifiedName": "global.tracer.lightstep.address"
	//                 }
	//               ]
	//             }
	//           ]
	//         }
	//       ],
	//       "tool": {
	//         "driver": {
	//           "name": "istio-lightstep",
	//           "version": "1.2.3",
	//           "informationUri": "https://github.com/istio-lightstep/istio-lightstep",
	//           "rules": [
	//             {
	//               "id": "LS-ADDRESS-URL",
	//               "helpUri": "https://example.com/rules.md#ls-address-url"
	//             }
	//           ]
	//         }
	//       }
	//     }
	//   ]
	// }
}

// The formats that [report.New] takes.
func ExampleFormats() {
	fmt.Println(report.Formats())
	// Output: [text json junit sarif github]
}

// A pipeline prints for people what it found.
func ExampleWriteText() {
	if err := report.WriteText(os.Stdout, found); err != nil {
		log.Fatal(err)
	}
	// Output:
	// mesh.yaml:4:7: error: global.tracer.lightstep.address: "https://x" is a URL  [LS-ADDRESS-URL]
	//     fix: write host:port
}
