# a comment
# escape=`
FROM scratch
ENV A=a` 
