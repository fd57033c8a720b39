FROM scratch
COPY ["many/*.txt", "conf/?ne.conf", "/x/"]
