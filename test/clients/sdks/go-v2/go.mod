module stay

go 1.24
