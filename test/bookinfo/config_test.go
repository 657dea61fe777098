package bookinfo_test

import (
	"strings"
	"testing"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo"
)

func TestConfigFromEnv(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		env  map[string]string
		want bookinfo.Config
	}{
		{
			"defaults",
			map[string]string{"BOOKINFO_ROLE": "reviews-v3"},
			bookinfo.Config{
				Role: bookinfo.ReviewsV3, Propagation: bookinfo.Current,
				Details: "http://details:9080", Reviews: "http://reviews:9080", Ratings: "http://ratings:9080",
				Pod: "null", Cluster: "null",
			},
		},
		{
			"everything",
			map[string]string{
				"BOOKINFO_ROLE": "productpage-v1", "BOOKINFO_PROPAGATION": "1.16.2", "SERVICES_DOMAIN": "books.svc",
				"DETAILS_HOSTNAME": "d", "REVIEWS_HOSTNAME": "r", "RATINGS_SERVICE_PORT": "1234",
				"HOSTNAME": "pod", "CLUSTER_NAME": "east",
			},
			bookinfo.Config{
				Role: bookinfo.Productpage, Propagation: bookinfo.Until1162,
				Details: "http://d.books.svc:9080", Reviews: "http://r.books.svc:9080", Ratings: "http://ratings.books.svc:1234",
				Pod: "pod", Cluster: "east",
			},
		},
	} {
		got, err := bookinfo.ConfigFromEnv(func(name string) string { return c.env[name] })
		if err != nil || got != c.want {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", c.name, err, got, c.want)
		}
	}
}

func TestConfigFromEnvTellsAllThatIsWrong(t *testing.T) {
	t.Parallel()
	env := map[string]string{"BOOKINFO_ROLE": "cart", "BOOKINFO_PROPAGATION": "2"}
	_, err := bookinfo.ConfigFromEnv(func(name string) string { return env[name] })
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{`BOOKINFO_ROLE: no role "cart"`, "details-v1, productpage-v1", `BOOKINFO_PROPAGATION: no propagation "2"`, "1.16.2, 1.20.3"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %q", part, err)
		}
	}
	for _, c := range []bookinfo.Config{{Role: "cart", Propagation: bookinfo.Current}, {Role: bookinfo.Details}} {
		if _, err := bookinfo.NewHandler(c); err == nil {
			t.Errorf("a handler for %+v", c)
		}
	}
}
