package main

import (
	"encoding/json"
	"errors"
	"os"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	models "github.com/alibabacloud-go/darabonba-openapi/v2/models"
	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
)

// callOpenAPI makes a call with the core of the "V2.0" SDKs, signature version 3.
func callOpenAPI(given call) (answer, error) {
	client, err := openAPIClient(given)
	if err != nil {
		return answer{}, err
	}
	about := &openapi.Params{
		Action:      dara.String(given.Action),
		Version:     dara.String("2020-04-15"),
		Protocol:    dara.String("HTTPS"),
		Pathname:    dara.String("/"),
		Method:      dara.String(given.Method),
		AuthType:    dara.String("AK"),
		Style:       dara.String("RPC"),
		ReqBodyType: dara.String("formData"),
		BodyType:    dara.String("json"),
	}
	request := &openapi.OpenApiRequest{}
	if formActions[given.Action] {
		request.Body = openapiutil.Query(given.Params)
		about.Method = dara.String("POST")
	} else {
		request.Query = openapiutil.Query(given.Params)
	}
	response, err := client.CallApi(about, request, &dara.RuntimeOptions{})
	if err != nil {
		return openAPIFailure(err)
	}
	return answer{OK: true, Body: response["body"]}, nil
}

func openAPIClient(given call) (*openapi.Client, error) {
	config := &models.Config{
		AccessKeyId:     dara.String(given.Connection.AccessKeyID),
		AccessKeySecret: dara.String(given.Connection.AccessKeySecret),
		Endpoint:        dara.String(given.Connection.Endpoint),
		Protocol:        dara.String(given.Connection.Protocol),
	}
	if given.Connection.SecurityToken != "" {
		config.SecurityToken = dara.String(given.Connection.SecurityToken)
	}
	if given.Connection.CAFile != "" {
		ca, err := os.ReadFile(given.Connection.CAFile)
		if err != nil {
			return nil, err
		}
		config.Ca = dara.String(string(ca))
	}
	if given.Signature == 1 {
		config.SignatureAlgorithm = dara.String("v2")
	}
	return openapi.NewClient(config)
}

// openAPIFailure reads the one error type of CallApi. It has no place for the time to wait, although the SDK reads it.
func openAPIFailure(err error) (answer, error) {
	var failed *tea.SDKError
	if !errors.As(err, &failed) {
		return answer{}, err
	}
	var data struct{ RequestId string }
	if err := json.Unmarshal([]byte(tea.StringValue(failed.Data)), &data); err != nil {
		return answer{}, err
	}
	return answer{
		Error: "SDKError", Code: tea.StringValue(failed.Code), Message: tea.StringValue(failed.Message),
		Status: tea.IntValue(failed.StatusCode), RequestID: data.RequestId,
	}, nil
}
