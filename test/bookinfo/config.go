package bookinfo

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
)

// Config says what a process is and whom it asks.
type Config struct {
	Role Role
	// Propagation is the set of headers productpage and reviews forward.
	Propagation Propagation
	// Details, Reviews and Ratings are base URLs such as http://details:9080,
	// without a slash at the end.
	Details, Reviews, Ratings string
	// Pod and Cluster are the names that reviews tells in its answer.
	Pod, Cluster string
	// Log takes a line for every call to another service that failed; nil takes none.
	Log *slog.Logger
}

// ConfigFromEnv reads a Config from environment variables through getenv, which
// gives "" for one that is not set, as [os.Getenv] does. The official images
// know all but the first two:
//
//	BOOKINFO_ROLE          a [Role]; there is no default
//	BOOKINFO_PROPAGATION   a [Propagation]; default "1.20.3"
//	DETAILS_HOSTNAME, REVIEWS_HOSTNAME, RATINGS_HOSTNAME
//	                       default details, reviews, ratings
//	DETAILS_SERVICE_PORT, REVIEWS_SERVICE_PORT, RATINGS_SERVICE_PORT
//	                       default 9080
//	SERVICES_DOMAIN        put behind each host name, after a dot
//	HOSTNAME, CLUSTER_NAME the names reviews tells; "null" where not set
//
// The error holds all that is wrong. Log is left nil: the caller sets it.
func ConfigFromEnv(getenv func(string) string) (Config, error) {
	or := func(name, otherwise string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return otherwise
	}
	domain := ""
	if d := getenv("SERVICES_DOMAIN"); d != "" {
		domain = "." + d
	}
	address := func(prefix, host string) string {
		return "http://" + or(prefix+"_HOSTNAME", host) + domain + ":" + or(prefix+"_SERVICE_PORT", "9080")
	}

	role, roleErr := ParseRole(getenv("BOOKINFO_ROLE"))
	if roleErr != nil {
		roleErr = fmt.Errorf("BOOKINFO_ROLE: %w", roleErr)
	}
	propagation, propagationErr := ParsePropagation(or("BOOKINFO_PROPAGATION", string(Current)))
	if propagationErr != nil {
		propagationErr = fmt.Errorf("BOOKINFO_PROPAGATION: %w", propagationErr)
	}
	return Config{
		Role:        role,
		Propagation: propagation,
		Details:     address("DETAILS", "details"),
		Reviews:     address("REVIEWS", "reviews"),
		Ratings:     address("RATINGS", "ratings"),
		Pod:         or("HOSTNAME", "null"),
		Cluster:     or("CLUSTER_NAME", "null"),
	}, errors.Join(roleErr, propagationErr)
}

// NewHandler makes the handler of c.Role. The error is that of a role or a
// propagation that does not exist.
func NewHandler(c Config) (http.Handler, error) {
	if _, err := ParsePropagation(string(c.Propagation)); err != nil {
		return nil, err
	}
	switch c.Role {
	case Productpage:
		return NewProductpage(c), nil
	case Details:
		return NewDetails(), nil
	case Ratings:
		return NewRatings(), nil
	case ReviewsV1, ReviewsV2, ReviewsV3:
		return NewReviews(c), nil
	default:
		_, err := ParseRole(string(c.Role))
		return nil, err
	}
}

// logFailure writes that a call to a service failed.
func (c Config) logFailure(service string, err error) {
	if c.Log == nil {
		return
	}
	c.Log.Warn("call failed", "role", string(c.Role), "service", service, "error", err)
}
