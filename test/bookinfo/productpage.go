package bookinfo

import (
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

//go:embed productpage.html
var pageText string

var page = template.Must(template.New("productpage").Parse(pageText))

// product is a book as productpage lists it.
type product struct {
	ID              int    `json:"id"`
	Title           string `json:"title"`
	DescriptionHTML string `json:"descriptionHtml"`
}

// theBook is the one product there is.
var theBook = product{
	ID:              0,
	Title:           "The Comedy of Errors",
	DescriptionHTML: "A short and early play of <b>William Shakespeare</b>.",
}

// NewProductpage makes the handler of productpage v1. It waits 3 s for an
// answer, and asks reviews once more when the first call fails.
//
//	GET  /productpage                     the page, asks details and then reviews
//	GET  /, /index.html                   a page with a link to it
//	GET  /api/v1/products                 the list of books, asks nobody
//	GET  /api/v1/products/{id}            details' answer and status
//	GET  /api/v1/products/{id}/reviews    reviews' answer and status
//	GET  /api/v1/products/{id}/ratings    ratings' answer and status
//	POST /login                           form field username: signs in by a cookie
//	GET  /logout                          signs out
//	GET  /health                          a line of text
//	GET  /metrics                         request_result_total by service and status
//
// The name of who is signed in goes to the services as header end-user.
func NewProductpage(c Config) http.Handler {
	s := &productpage{config: c, client: newClient(3 * time.Second)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", index)
	mux.HandleFunc("GET /index.html", index)
	mux.HandleFunc("GET /productpage", s.page)
	mux.HandleFunc("GET /api/v1/products", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, http.StatusOK, []product{theBook})
	})
	mux.HandleFunc("GET /api/v1/products/{id}", func(w http.ResponseWriter, r *http.Request) {
		answer(s.details(r, r.PathValue("id")))(w)
	})
	mux.HandleFunc("GET /api/v1/products/{id}/reviews", func(w http.ResponseWriter, r *http.Request) {
		answer(s.reviews(r, r.PathValue("id")))(w)
	})
	mux.HandleFunc("GET /api/v1/products/{id}/ratings", func(w http.ResponseWriter, r *http.Request) {
		answer(s.ratings(r, r.PathValue("id")))(w)
	})
	mux.HandleFunc("POST /login", login)
	mux.HandleFunc("GET /logout", logout)
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("Product page is healthy"))
	})
	mux.Handle("GET /metrics", &s.results)
	return mux
}

type productpage struct {
	config  Config
	client  client
	results results
}

// page shows the book. What could not be had is said on the page; the status is
// 200 all the same.
func (s *productpage) page(w http.ResponseWriter, r *http.Request) {
	id := "0"
	data := struct {
		User, Title string
		Description template.HTML
		Details     *bookDetails
		Reviews     *bookReviews
	}{User: user(r), Title: theBook.Title, Description: template.HTML(theBook.DescriptionHTML)} //nolint:gosec // a constant of this file
	data.Details, _ = s.details(r, id)
	data.Reviews, _ = s.reviews(r, id)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := page.Execute(w, data); err != nil {
		s.config.logFailure("the caller", err)
	}
}

// details asks details for a book; nil and the status when it fails.
func (s *productpage) details(r *http.Request, id string) (*bookDetails, int) {
	return ask[bookDetails](s, r, "details", s.config.Details+"/details/"+url.PathEscape(id), 1)
}

// reviews asks reviews for a book, twice at most; nil and the last status when
// both fail.
func (s *productpage) reviews(r *http.Request, id string) (*bookReviews, int) {
	return ask[bookReviews](s, r, "reviews", s.config.Reviews+"/reviews/"+url.PathEscape(id), 2)
}

// ratings asks ratings for a book; nil and the status when it fails.
func (s *productpage) ratings(r *http.Request, id string) (*bookRatings, int) {
	return ask[bookRatings](s, r, "ratings", s.config.Ratings+"/ratings/"+url.PathEscape(id), 1)
}

// ask asks a service on behalf of r until it answers, that many times at most.
// The result counts once, whatever the number of calls.
func ask[T any](s *productpage, r *http.Request, service, address string, times int) (*T, int) {
	headers := s.config.Propagation.productpageForward(r.Header, user(r))
	var status int
	for range times {
		var err error
		value := new(T)
		if status, err = s.client.get(address, headers, value); err == nil {
			s.results.count(service, status)
			return value, status
		}
		s.config.logFailure(service, err)
	}
	s.results.count(service, status)
	return nil, status
}

// answer writes what a service gave, or that it gave nothing.
func answer[T any](value *T, status int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if value == nil {
			answerJSON(w, status, failure{"this is not to be had for the book at the moment"})
			return
		}
		answerJSON(w, status, value)
	}
}

func index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte("<!DOCTYPE html>\n<title>Simple Bookstore App</title>\n<a href=\"/productpage\">The book</a>\n"))
}

// sessionCookie holds who is signed in, in base64 so that any name fits.
const sessionCookie = "session"

func login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	setSession(w, r, base64.RawURLEncoding.EncodeToString([]byte(r.PostFormValue("username"))), 0)
}

func logout(w http.ResponseWriter, r *http.Request) { setSession(w, r, "", -1) }

// setSession sets the cookie and sends the caller back to the page.
func setSession(w http.ResponseWriter, r *http.Request, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // the page is served over plain HTTP, as Bookinfo's is
		Name: sessionCookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, "/productpage", http.StatusFound)
}

// user gives who is signed in, "" when nobody is or the cookie is another's.
func user(r *http.Request) string {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	name, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return ""
	}
	return string(name)
}
