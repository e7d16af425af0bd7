"""我的车: binding a car, the cars one may see, requests that wait for an officer."""
