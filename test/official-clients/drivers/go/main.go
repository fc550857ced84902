// The official Go SDKs behind the protocol of driver.ts: one call a line in, one answer a line out.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

type call struct {
	SDK        string         `json:"sdk"`
	Signature  int            `json:"signature"`
	Method     string         `json:"method"`
	Action     string         `json:"action"`
	Params     map[string]any `json:"params"`
	Connection connection     `json:"connection"`
}

type connection struct {
	Endpoint        string `json:"endpoint"`
	Protocol        string `json:"protocol"`
	AccessKeyID     string `json:"accessKeyId"`
	AccessKeySecret string `json:"accessKeySecret"`
	SecurityToken   string `json:"securityToken"`
	CAFile          string `json:"caFile"`
}

type answer struct {
	OK         bool   `json:"ok"`
	Body       any    `json:"body,omitempty"`
	Error      string `json:"error,omitempty"`
	Code       string `json:"code,omitempty"`
	Message    string `json:"message,omitempty"`
	Status     int    `json:"status,omitempty"`
	RequestID  string `json:"requestId,omitempty"`
	RetryAfter int64  `json:"retryAfter,omitempty"`
	Recommend  string `json:"recommend,omitempty"`
}

// Actions whose parameters the official metadata puts into the form body.
var formActions = map[string]bool{"TagResources": true, "UntagResources": true}

func perform(line []byte) (answer, error) {
	var given call
	if err := json.Unmarshal(line, &given); err != nil {
		return answer{}, err
	}
	switch given.SDK {
	case "darabonba-openapi":
		return callOpenAPI(given)
	case "alibaba-cloud-sdk-go":
		return callOlder(given)
	}
	return answer{}, errors.New("there is no SDK " + given.SDK)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		given, err := perform(lines.Bytes())
		if err != nil {
			given = answer{Error: fmt.Sprintf("%T", err), Message: err.Error()}
		}
		text, err := json.Marshal(given)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(string(text))
	}
}
