// Package bookinfo is a stand-in for Istio's Bookinfo: productpage, details,
// reviews v1 to v3 and ratings in one program, which takes one [Role] a process.
//
// A test that needs Bookinfo's calls, names and headers, and cannot pull its
// images, runs this in their place. Service names, port, paths, JSON fields,
// order and number of calls, timeouts and forwarded headers are those of the
// official images; texts and pages are its own. The objects in folder kube take
// either.
//
// # Calls
//
// A GET of /productpage makes these, one after the other:
//
//	productpage → details
//	productpage → reviews            (once more when the first fails)
//	reviews     → ratings            (v2 and v3 only)
//
// The page has status 200 whatever they give; /api/v1/products/{id} and its
// subpaths have the status of the service asked.
//
// # Headers
//
// Traces join only if an application forwards what its proxy put on the
// request. [Propagation] says which headers a process forwards: those of the
// images 1.20.3, or those of the images up to 1.16.2, whose productpage drops
// x-ot-span-context, traceparent and tracestate.
//
// As in the official images, nobody forwards x-client-trace-id, and the single
// header b3 ends at productpage, which turns it into the x-b3 headers.
//
// # Running
//
// [NewHandler] makes a role's handler and [Serve] runs it. [ConfigFromEnv] reads
// the environment that the official images read, and two variables of its own.
// Nothing supposes a proxy beside the process.
package bookinfo
