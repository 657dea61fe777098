package bookinfo_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo"
)

const (
	detailsJSON = `{"id":0,"author":"William Shakespeare","year":1595,"type":"paperback","pages":200,` +
		`"publisher":"PublisherA","language":"English","ISBN-10":"1234567890","ISBN-13":"123-1234567890"}`
	ratingsJSON = `{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}`
	plain       = "text/plain; charset=utf-8"
	html        = "text/html; charset=utf-8"
	asJSON      = "application/json"
)

func TestPaths(t *testing.T) {
	t.Parallel()
	b := startAll(t, bookinfo.ReviewsV2, bookinfo.Current, faults{})
	for _, c := range []struct {
		name, method, url, body string
		status                  int
		contentType             string
		is, has                 string // the whole body, or a part of it
	}{
		{"productpage health", "GET", b.productpage.url + "/health", "", 200, plain, "Product page is healthy", ""},
		{"index", "GET", b.productpage.url + "/", "", 200, html, "", "/productpage"},
		{"index.html", "GET", b.productpage.url + "/index.html", "", 200, html, "", "/productpage"},
		{"no such page", "GET", b.productpage.url + "/other", "", 404, plain, "", ""},
		{"page title", "GET", b.productpage.url + "/productpage", "", 200, html, "", "<title>Simple Bookstore App</title>"},
		{"page details", "GET", b.productpage.url + "/productpage", "", 200, html, "", "<dd>1234567890</dd>"},
		{"page reviews", "GET", b.productpage.url + "/productpage", "", 200, html, "", `<p style="color: black">4 stars</p>`},
		{"page of no other method", "POST", b.productpage.url + "/productpage", "", 405, plain, "", ""},
		{"products", "GET", b.productpage.url + "/api/v1/products", "", 200, asJSON, "", `[{"id":0,"title":"The Comedy of Errors",`},
		{"product", "GET", b.productpage.url + "/api/v1/products/0", "", 200, asJSON, detailsJSON, ""},
		{"product without number", "GET", b.productpage.url + "/api/v1/products/x", "", 400, asJSON, "", `{"error":`},
		{"product reviews", "GET", b.productpage.url + "/api/v1/products/0/reviews", "", 200, asJSON, "", `"rating":{"stars":5,"color":"black"}`},
		{"product ratings", "GET", b.productpage.url + "/api/v1/products/0/ratings", "", 200, asJSON, ratingsJSON, ""},
		{"metrics", "GET", b.productpage.url + "/metrics", "", 200, "text/plain; version=0.0.4; charset=utf-8", "", `request_result_total{destination_app="details",response_code="400"} 1`},
		{"details health", "GET", b.details.url + "/health", "", 200, asJSON, `{"status":"Details is healthy"}`, ""},
		{"details", "GET", b.details.url + "/details/0", "", 200, asJSON, detailsJSON, ""},
		{"details without number", "GET", b.details.url + "/details/x", "", 400, asJSON, "", `{"error":`},
		{"ratings health", "GET", b.ratings.url + "/health", "", 200, asJSON, `{"status":"Ratings is healthy"}`, ""},
		{"ratings", "GET", b.ratings.url + "/ratings/0", "", 200, asJSON, ratingsJSON, ""},
		{"ratings without number", "GET", b.ratings.url + "/ratings/x", "", 400, asJSON, "", `{"error":`},
		{"ratings posted", "POST", b.ratings.url + "/ratings/7", `{"Reviewer1":1}`, 200, asJSON, `{"id":7,"ratings":{"Reviewer1":1}}`, ""},
		{"ratings kept", "GET", b.ratings.url + "/ratings/7", "", 200, asJSON, `{"id":7,"ratings":{"Reviewer1":1}}`, ""},
		{"a rating too few", "GET", b.reviews.url + "/reviews/7", "", 200, asJSON, "", `"rating":{"error":`},
		{"ratings posted as no JSON", "POST", b.ratings.url + "/ratings/7", `stars`, 400, asJSON, "", `{"error":`},
		{"ratings posted without number", "POST", b.ratings.url + "/ratings/x", `{}`, 400, asJSON, "", `{"error":`},
		{"reviews health", "GET", b.reviews.url + "/health", "", 200, asJSON, `{"status":"Reviews is healthy"}`, ""},
		{"reviews", "GET", b.reviews.url + "/reviews/0", "", 200, asJSON, "", `{"id":"0","podname":"reviews-0","clustername":"null","reviews":[{"reviewer":"Reviewer1","text":"`},
		{"reviews without number", "GET", b.reviews.url + "/reviews/x", "", 404, plain, "", ""},
	} {
		// In order, since ratings and metrics remember.
		res := fetch(t, c.method, c.url, c.body, nil)
		body := strings.TrimSuffix(res.body, "\n")
		if res.status != c.status || res.header.Get("Content-Type") != c.contentType {
			t.Errorf("%s: status %d, type %q; want %d, %q", c.name, res.status, res.header.Get("Content-Type"), c.status, c.contentType)
		}
		if c.is != "" && body != c.is || !strings.Contains(body, c.has) {
			t.Errorf("%s: body %s\nwant %s%s", c.name, body, c.is, c.has)
		}
	}
}

func TestReviewsByVersion(t *testing.T) {
	t.Parallel()
	for role, stars := range map[bookinfo.Role]string{
		bookinfo.ReviewsV1: "", bookinfo.ReviewsV2: `"color":"black"`, bookinfo.ReviewsV3: `"color":"red"`,
	} {
		b := startAll(t, role, bookinfo.Current, faults{})
		res := fetch(t, "GET", b.reviews.url+"/reviews/0", "", nil)
		if !strings.Contains(res.body, stars) || strings.Contains(res.body, "rating") != (stars != "") {
			t.Errorf("%s: want stars %q in %s", role, stars, res.body)
		}
	}
}

// Who signs in is named on the page and, to the services, in header end-user.
func TestSignIn(t *testing.T) {
	t.Parallel()
	b := startAll(t, bookinfo.ReviewsV3, bookinfo.Current, faults{})
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	res := fetch(t, "POST", b.productpage.url+"/login", "username=J%C3%B6rg", form)
	if res.status != http.StatusFound || res.header.Get("Location") != "/productpage" || len(res.cookies) != 1 {
		t.Fatalf("login: status %d to %q with cookies %v", res.status, res.header.Get("Location"), res.cookies)
	}
	signedIn := http.Header{"Cookie": {res.cookies[0].Name + "=" + res.cookies[0].Value}}
	if res := fetch(t, "GET", b.productpage.url+"/productpage", "", signedIn); !strings.Contains(res.body, `<p id="user">Jörg`) {
		t.Errorf("the page does not name the user: %s", res.body)
	}
	for name, s := range map[string]*service{"details": b.details, "reviews": b.reviews, "ratings": b.ratings} {
		if got := s.requests()[0].Header.Get("End-User"); got != "Jörg" {
			t.Errorf("%s got end-user %q", name, got)
		}
	}
	res = fetch(t, "GET", b.productpage.url+"/logout", "", signedIn)
	if len(res.cookies) != 1 || res.cookies[0].MaxAge >= 0 {
		t.Errorf("logout leaves the cookie: %v", res.cookies)
	}
}
