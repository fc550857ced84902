package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"

	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
)

// callOlder makes a call with the first Go SDK, signature version 1.
func callOlder(given call) (answer, error) {
	connection := given.Connection
	config := sdk.NewConfig().WithScheme(strings.ToUpper(connection.Protocol))
	if connection.CAFile != "" {
		transport, err := transportTrusting(connection.CAFile)
		if err != nil {
			return answer{}, err
		}
		config = config.WithHttpTransport(transport)
	}
	client, err := sdk.NewClientWithOptions("cn-hangzhou", config, credentialOf(connection))
	if err != nil {
		return answer{}, err
	}
	request := requests.NewCommonRequest()
	request.Method = given.Method
	request.Scheme = connection.Protocol
	request.Domain = connection.Endpoint
	request.Version = "2020-04-15"
	request.ApiName = given.Action
	to := request.QueryParams
	if formActions[given.Action] {
		to = request.FormParams
	}
	for name, value := range openapiutil.Query(given.Params) {
		to[name] = *value
	}
	response, err := client.ProcessCommonRequest(request)
	if err != nil {
		return olderFailure(err)
	}
	var body map[string]any
	err = json.Unmarshal(response.GetHttpContentBytes(), &body)
	return answer{OK: true, Body: body}, err
}

func credentialOf(connection connection) auth.Credential {
	if connection.SecurityToken == "" {
		return credentials.NewAccessKeyCredential(connection.AccessKeyID, connection.AccessKeySecret)
	}
	return credentials.NewStsTokenCredential(connection.AccessKeyID, connection.AccessKeySecret, connection.SecurityToken)
}

func transportTrusting(caFile string) (*http.Transport, error) {
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, errors.New("no certificate in " + caFile)
	}
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}, nil
}

func olderFailure(err error) (answer, error) {
	var refused *sdkerrors.ServerError
	if !errors.As(err, &refused) {
		return answer{}, err
	}
	return answer{
		Error: "ServerError", Code: refused.ErrorCode(), Message: refused.Message(),
		Status: refused.HttpStatus(), RequestID: refused.RequestId(), Recommend: refused.Recommend(),
	}, nil
}
