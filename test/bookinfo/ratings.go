package bookinfo

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
)

// maxBody bounds the body of a request or an answer, in bytes.
const maxBody = 1 << 20

// bookRatings is what ratings tells of a book: stars by reviewer.
type bookRatings struct {
	ID      int            `json:"id"`
	Ratings map[string]int `json:"ratings"`
}

// NewRatings makes the handler of ratings v1, which keeps ratings in memory. It
// asks nobody.
//
//	GET  /ratings/{id}   the stars by reviewer as JSON
//	POST /ratings/{id}   takes {"reviewer": stars, …} in their place, answers as GET
//	GET  /health         {"status": …}
//
// An id that is no number, and a body that is not such JSON, have status 400.
func NewRatings() http.Handler {
	s := &ratings{posted: map[int]map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", answerHealth("Ratings"))
	mux.HandleFunc("GET /ratings/{id}", s.get)
	mux.HandleFunc("POST /ratings/{id}", s.post)
	return mux
}

// ratings holds what was posted, by product.
type ratings struct {
	mu     sync.Mutex
	posted map[int]map[string]int
}

func (s *ratings) get(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		answerJSON(w, http.StatusBadRequest, failure{"the product id is not a number"})
		return
	}
	s.mu.Lock()
	stars, ok := s.posted[id]
	s.mu.Unlock()
	if !ok {
		stars = map[string]int{"Reviewer1": 5, "Reviewer2": 4}
	}
	answerJSON(w, http.StatusOK, bookRatings{ID: id, Ratings: stars})
}

func (s *ratings) post(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		answerJSON(w, http.StatusBadRequest, failure{"the product id is not a number"})
		return
	}
	var stars map[string]int
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&stars); err != nil {
		answerJSON(w, http.StatusBadRequest, failure{"the body is not JSON of stars by reviewer"})
		return
	}
	s.mu.Lock()
	s.posted[id] = stars
	s.mu.Unlock()
	answerJSON(w, http.StatusOK, bookRatings{ID: id, Ratings: stars})
}
