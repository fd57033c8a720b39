#: arg=HTTP_PROXY=http://127.0.0.1:9
#: arg=no_proxy=local
FROM corpus/base
RUN echo $HTTP_PROXY $http_proxy $NO_PROXY > /proxy
